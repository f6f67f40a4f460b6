"""Runs of a question set: asked, judged, stored and compared."""
