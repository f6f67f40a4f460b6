"""Which index a question goes to: the user's own, else that of the bundled articles."""

from pathlib import Path

import click

from index.errors import NoIndex
from index.models.registry import DEFAULT_MODEL
from index.shards.which import OnMissing, store_in
from index.storage.store import Store
from qa.reader.sources import find_reader
from tui.jobs.bundled import bundled_roots, is_outdated_bundled, outdated_roots
from tui.paths import bundled_index, default_index
from tui.settings import index_folder_or, prepare_formats


def store_to_ask(
    folder: Path | None, reader: str | None, on_missing: OnMissing | None = None
) -> Store:
    """Return the index to ask with a reader, by name or path; None to look up a line in it.

    Without a named or own index it is that of the bundled articles, built or brought up to date
    first, once the reader is ready. Raises NoIndex if a named index does not exist,
    ModelUnavailable if the reader does not. `on_missing` as for `store_in`.
    """
    store = existing_store(folder, on_missing)
    if is_outdated_bundled(store):
        if reader is not None:
            find_reader(reader)
        click.echo(
            "No index yet: asking the bundled articles. Index your own with `byline index FOLDER`.",
            err=True,
        )
        _build_bundled(store, reader)
    return store


def bundled_to_ask(reader: str) -> Store:
    """Return the index of the bundled articles, brought up to date, to ask with a reader.

    Raises ModelUnavailable if there is no such reader.
    """
    store = Store(bundled_index())
    if is_outdated_bundled(store):
        _build_bundled(store, reader)
    return store


def existing_store(folder: Path | None, on_missing: OnMissing | None = None) -> Store:
    """Return the index as for a question, but build nothing. Raises NoIndex as there."""
    prepare_formats()
    own = store_in(index_folder_or(folder, default_index()), on_missing)
    if own.exists():
        return own
    if own.folder != default_index():
        raise NoIndex(
            f"nothing is indexed in {own.folder}; run `byline index FOLDER --index {own.folder}`"
        )
    return Store(bundled_index())


def _build_bundled(store: Store, reader: str | None) -> None:
    # Here, because a question over an existing index needs no build.
    from tui.jobs.build_job import build_events, reader_events
    from tui.output.build_progress import watch_build

    if reader is not None:
        watch_build(reader_events(reader))
    watch_build(build_events(store, DEFAULT_MODEL, bundled_roots(), outdated_roots(store)))
