"""A note that articles changed since indexing."""

import sys

from index.glance import glance
from index.storage.store import OpenIndex, Store
from tui.output.console import notice
from tui.output.wording import counted
from tui.paths import bundled_index


def note_changes(store: Store, index: OpenIndex) -> None:
    """Print one line on stderr if a quick look shows that articles changed."""
    sys.stdout.flush()  # nobody waits for the look
    scanned_ns = store.scanned_ns()
    if scanned_ns is None or store.folder == bundled_index():
        return
    if changed := glance(index.generation.catalog, scanned_ns):
        what = counted(changed, "article")
        notice(f"{what} changed since indexing; run `{store.build_command}`")
