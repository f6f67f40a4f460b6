"""Durable files, lines of JSON and copies in memory."""
