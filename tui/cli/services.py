"""The service over the index that a command names, for other programs."""

from pathlib import Path
from typing import TYPE_CHECKING

from tui.jobs.current_index import CurrentIndex
from tui.paths import model_cache
from tui.service.service import Service
from tui.settings import chosen_reader, setting

if TYPE_CHECKING:
    from index.storage.store import Store


def open_service(folder: Path | None, reader: str | None, threshold: float | None) -> Service:
    """Return a service over an index, which the first request opens.

    Raises BadRequest if the settings are invalid.
    """
    least = setting("threshold", threshold, None)
    budget = setting("reading_budget", None, None)
    return Service(
        CurrentIndex(lambda: _store(folder), model_cache(), chosen_reader(reader), least, budget)
    )


def _store(folder: Path | None) -> "Store":
    # Here, because an assistant waits for its first answer, which needs no index.
    from tui.cli.which_index import existing_store

    return existing_store(folder)
