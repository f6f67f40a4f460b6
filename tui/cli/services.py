"""The service over the index that a command names, for other programs."""

from pathlib import Path
from typing import TYPE_CHECKING

from tui.jobs.current_index import CurrentIndex
from tui.paths import model_cache
from tui.service.service import Service
from tui.settings import chosen_reader, setting

if TYPE_CHECKING:
    from collections.abc import Callable

    from index.storage.store import Store


def open_service(folder: Path | None, reader: str | None, threshold: float | None) -> Service:
    """Return a service over an index, which the first request opens.

    Raises BadRequest if the settings are invalid.
    """
    return service_over(lambda: _store(folder), reader, threshold)


def service_over(
    find_store: "Callable[[], Store]", reader: str | None, threshold: float | None
) -> Service:
    """Return a service over what a function finds each time. Raises as `open_service` does."""
    least = setting("threshold", threshold, None)
    budget = setting("reading_budget", None, None)
    return Service(CurrentIndex(find_store, model_cache(), chosen_reader(reader), least, budget))


def _store(folder: Path | None) -> "Store":
    # Here, because an assistant waits for its first answer, which needs no index.
    from tui.cli.which_index import existing_store

    return existing_store(folder)
