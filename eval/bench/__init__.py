"""Benchmarks: speed and size, each figure next to what the machine can do."""
