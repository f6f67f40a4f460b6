"""Runs of a question set: asked, judged, kept and compared."""
