"""Work in other threads and processes."""
