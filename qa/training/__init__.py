"""Training of the reader that ships with Byline: `python -m qa.training DATA`."""
