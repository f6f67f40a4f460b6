"""The bench command: its tables and its plot."""
