"""Durable files, locks, lines of JSON and copies in memory."""
