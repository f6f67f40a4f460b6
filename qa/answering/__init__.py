"""Spans to answers: when reading stops, grouping and confidence."""
