"""`byline bench`: its figures, tables and plots."""
