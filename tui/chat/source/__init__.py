"""The article next to the chat."""
