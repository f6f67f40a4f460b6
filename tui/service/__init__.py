"""What other programs may ask of an index, whichever door they come through."""
