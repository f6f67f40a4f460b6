"""Whether an index is in shards; an ordinary one is opened without what shards need."""

from collections.abc import Callable
from pathlib import Path

from index.storage.store import Store

MANIFEST = "shards.json"
OnMissing = Callable[[str], None]
"""Receives a message for each shard that cannot be opened."""


def store_in(folder: Path, on_missing: OnMissing | None = None) -> Store:
    """Return the index in a folder, in shards or not.

    Shards that cannot be opened are left out if `on_missing` is not None.
    """
    if not (folder / MANIFEST).is_file():
        return Store(folder)
    from index.shards.store import ShardedStore

    return ShardedStore(folder, on_missing)
