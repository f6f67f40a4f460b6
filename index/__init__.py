"""Articles in, a published index out."""
