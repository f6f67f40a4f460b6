"""What the articles are now, beside what was indexed of them."""

from contextlib import suppress
from pathlib import Path

from index.errors import BylineError


def changes_told(index: Path, max_bytes: int) -> str:
    """Offer to bring an index up to date where articles are other than they were indexed."""
    from index.storage.store import Store  # not before the first frame
    from tui.library.contents import changes

    with suppress(BylineError, OSError):
        found = changes(Store(index), max_bytes)
        kinds = (("new", found.new), ("changed", found.changed), ("deleted", found.deleted))
        told = ", ".join(f"{len(files):,} {what}" for what, files in kinds if files)
        if told:
            return f"The articles changed ({told}); F5 brings the index up to date."
    return ""
