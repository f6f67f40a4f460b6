"""Readers: from a question and passages to spans of these passages."""
