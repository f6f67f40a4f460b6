"""Question sets imported from other formats."""
