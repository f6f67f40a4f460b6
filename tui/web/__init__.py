"""The chat in a browser on this machine."""
