"""The chat in the terminal: a Textual app over the index."""
