"""Which index a question goes to: the person's own, else that of the bundled articles."""

from contextlib import closing
from pathlib import Path

import click

from index.articles import Contents, Found, Root, find, read
from index.errors import IndexDamaged, NoIndex
from index.models import DEFAULT_MODEL
from index.plan import resolve_roots
from index.samples import bundled_articles
from index.store import Store
from tui.options import index_folder_or
from tui.places import bundled_index, default_index


def store_to_ask(given: Path | None) -> Store:
    """Choose the index to ask.

    Where no index was named and the person has none yet, it is that of the bundled articles, built
    or brought up to date first. Raises NoIndex where a named one is not there.
    """
    store = store_to_look_at(given)
    if store.folder == bundled_index():
        _update_bundled(store)
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


def _update_bundled(bundled: Store) -> None:
    roots = resolve_roots((str(bundled_articles()),))
    if not _is_current(bundled, roots):
        click.echo("You have no index yet; this asks the articles that come with Byline.", err=True)
        from tui.building import run_build  # a question over an index pays for no build

        forget = tuple(root for root in bundled.remembered_roots() if root not in roots)
        run_build(bundled, DEFAULT_MODEL, roots, forget)


def _is_current(store: Store, roots: tuple[Root, ...]) -> bool:
    """Tell whether the index holds the bundled articles as they are in this installation."""
    try:
        index = store.open()
    except (NoIndex, IndexDamaged):
        return False
    with closing(index):
        stored = index.generation.catalog.articles()
        indexed = {one.found.path: one.article.sha256 for one in stored}
        found = [one for one in find(roots) if isinstance(one, Found)]
        contents = [(one.path, read(one.root, one.relative)) for one in found]
        now = {path: one.sha256 for path, one in contents if isinstance(one, Contents)}
        return indexed == now
