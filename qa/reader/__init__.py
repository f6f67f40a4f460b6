"""Readers: a question and passages in, spans of them out."""
