"""Question sets out of what others keep them in."""
