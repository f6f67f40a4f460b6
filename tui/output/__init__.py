"""Answers and results as text, JSON and Markdown."""
