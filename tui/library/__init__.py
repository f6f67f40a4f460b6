"""The library: what is indexed, for display."""
