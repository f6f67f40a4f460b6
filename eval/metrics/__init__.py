"""Figures of how good answers are, each with its interval."""
