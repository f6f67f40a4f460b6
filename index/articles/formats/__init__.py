"""The formats of articles: one module each, from the bytes of a file to a document."""
