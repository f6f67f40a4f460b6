"""What a person types into: the command line and, later, the chat."""
