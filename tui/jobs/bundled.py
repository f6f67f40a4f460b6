"""The index of the bundled articles: whether it is up to date, and the job that updates it."""

from contextlib import closing

from index.articles.bundled import bundled_articles
from index.articles.files import Contents, Found, Root, find, read, resolve_roots
from index.errors import IndexDamaged, NoIndex
from index.models.registry import DEFAULT_MODEL
from index.storage.store import Store
from tui.jobs.subprocess_job import BuildJob
from tui.paths import bundled_index


def bundled_roots() -> tuple[Root, ...]:
    """Return the folder of the bundled articles, resolved."""
    return resolve_roots((str(bundled_articles()),))


def outdated_roots(store: Store) -> tuple[Root, ...]:
    """Return what a bundled index covers besides the bundled articles: where they were before."""
    roots = bundled_roots()
    return tuple(root for root in store.remembered_roots() if root not in roots)


def bundled_job(reader: str) -> BuildJob:
    """Return the job that brings the index of the bundled articles up to date."""
    store = Store(bundled_index())
    forget = tuple(root.path for root in outdated_roots(store))
    return BuildJob(str(store.folder), DEFAULT_MODEL, reader, (str(bundled_articles()),), forget)


def is_outdated_bundled(store: Store) -> bool:
    """Return whether it is the bundled index and differs from this installation's articles."""
    if store.folder != bundled_index():
        return False
    try:
        index = store.open()
    except (NoIndex, IndexDamaged):
        return True
    with closing(index):
        stored = index.generation.catalog.articles()
        indexed = {article.found.path: article.article.sha256 for article in stored}
        found = [file for file in find(bundled_roots()) if isinstance(file, Found)]
        contents = [(file.path, read(file.root, file.relative)) for file in found]
        now = {path: file.sha256 for path, file in contents if isinstance(file, Contents)}
        return indexed != now
