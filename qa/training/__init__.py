"""Training of the bundled reader: `python -m qa.training DATA`."""
