"""From articles to a new generation of the index."""
