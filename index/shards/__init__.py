"""An index in shards, each an ordinary index of a part of the articles; it answers as one does."""
