"""Keeping an index up to date while its articles change."""
