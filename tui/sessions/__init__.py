"""Saved conversations and feedback."""
