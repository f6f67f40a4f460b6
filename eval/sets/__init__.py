"""Question sets: read, checked against the articles, edited."""
