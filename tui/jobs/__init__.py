"""Work that runs next to the interface."""
