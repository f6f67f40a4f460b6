"""Bytes to passages: find, decode, structure, sentences, passages and metadata."""
