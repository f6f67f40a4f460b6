"""Which index a question goes to: the person's own, else that of the bundled articles."""

from contextlib import closing
from pathlib import Path

import click

from index.articles.bundled import bundled_articles
from index.articles.files import Contents, Found, Root, find, read, resolve_roots
from index.errors import IndexDamaged, NoIndex
from index.models.registry import DEFAULT_MODEL
from index.storage.store import Store
from qa.reader.sources import Source, find_reader
from tui.cli.options import index_folder_or
from tui.jobs.subprocess_job import BuildJob
from tui.paths import bundled_index, default_index


def store_to_ask(given: Path | None, reader: str) -> Store:
    """Choose the index to ask with a reader, by name or path.

    Where no index was named and the person has none yet, it is that of the bundled articles, built
    or brought up to date first, once the reader is ready. Raises NoIndex where a named one is not
    there, ModelUnavailable where there is no such reader.
    """
    store = store_to_look_at(given)
    if is_bundled_to_build(store):
        source = find_reader(reader)
        _tell_of_bundled()
        _ready_bundled(store, source)
    return store


def bundled_to_ask(reader: str) -> Store:
    """Give the index of the bundled articles, brought up to date, to ask with a reader.

    Raises ModelUnavailable where there is no such reader.
    """
    store = Store(bundled_index())
    if is_bundled_to_build(store):
        _ready_bundled(store, find_reader(reader))
    return store


def store_to_show(given: Path | None) -> Store:
    """Choose the index to show a line of, as for a question; no reader is needed."""
    store = store_to_look_at(given)
    if is_bundled_to_build(store):
        _tell_of_bundled()
        _build_bundled(store)
    return store


def store_to_look_at(given: Path | None) -> Store:
    """Choose the index as for a question, and build nothing. Raises NoIndex as there."""
    own = Store(index_folder_or(given, default_index()))
    if own.exists():
        return own
    if own.folder != default_index():
        raise NoIndex(
            f"nothing is indexed in {own.folder}; run `byline index FOLDER --index {own.folder}`"
        )
    return Store(bundled_index())


def _ready_bundled(bundled: Store, reader: Source) -> None:
    from tui.jobs.build_job import prepare_reader  # a question over an index pays for no build

    prepare_reader(reader)
    _build_bundled(bundled)


def _tell_of_bundled() -> None:
    click.echo("You have no index yet; this asks the articles that come with Byline.", err=True)


def _build_bundled(bundled: Store) -> None:
    from tui.jobs.build_job import run_build  # a question over an index pays for no build

    roots = _bundled_roots()
    forget = tuple(root for root in bundled.remembered_roots() if root not in roots)
    run_build(bundled, DEFAULT_MODEL, roots, forget)


def bundled_job(reader: str) -> BuildJob:
    """Give the job that brings the index of the bundled articles up to date, in the background."""
    articles = str(bundled_articles())
    store = Store(bundled_index())
    forget = tuple(root.path for root in store.remembered_roots() if root not in _bundled_roots())
    return BuildJob(str(store.folder), DEFAULT_MODEL, reader, (articles,), forget)


def _bundled_roots() -> tuple[Root, ...]:
    return resolve_roots((str(bundled_articles()),))


def is_bundled_to_build(store: Store) -> bool:
    """Tell whether it is the bundled index and lacks the articles as this installation has them."""
    if store.folder != bundled_index():
        return False
    try:
        index = store.open()
    except (NoIndex, IndexDamaged):
        return True
    with closing(index):
        stored = index.generation.catalog.articles()
        indexed = {one.found.path: one.article.sha256 for one in stored}
        found = [one for one in find(_bundled_roots()) if isinstance(one, Found)]
        contents = [(one.path, read(one.root, one.relative)) for one in found]
        now = {path: one.sha256 for path, one in contents if isinstance(one, Contents)}
        return indexed != now
