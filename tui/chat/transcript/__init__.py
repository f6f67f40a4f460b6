"""The questions and answers of the chat."""
