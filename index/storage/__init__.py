"""The published index on disk: store, generations, segments and tables."""
