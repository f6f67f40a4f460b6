"""Beyond one machine: Ray builds an index in shards, and has its shards open for questions."""
