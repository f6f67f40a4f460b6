"""Is everything sound? Model, index and articles, looked at without network or writing."""

import sqlite3
from collections.abc import Callable, Collection, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from index.articles.paths import is_under
from index.changes import Changes, changes
from index.errors import BylineError, NoIndex
from index.models.onnx_export import export_failure, export_faults
from index.models.registry import find_model
from index.storage.catalog import Catalog
from index.storage.generation import LOCKS, MANIFEST, Generation, ModelRecord
from index.storage.store import Store

Subject = Literal["index", "model", "reader", "articles"]
State = Literal["sound", "attention", "broken"]
"""Attention: questions can be asked, or soon; broken: they cannot."""
Told = Callable[[Subject, int, int], None]
"""Takes what is looked at, and how many of how many are done: bytes of the index, articles."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    subject: Subject
    state: State
    message: str
    advice: str
    """What to do; empty where nothing needs doing."""


def check(
    store: Store, cache: Path, told: Told = lambda _subject, _done, _total: None
) -> Iterator[Finding]:
    """Look at everything, one finding after another; stops at an index that cannot be opened."""
    try:
        index = store.open(
            thorough=True, on_progress=lambda done, total: told("index", done, total)
        )
    except BylineError as error:
        yield _unopened(error)
        return
    with closing(index):
        try:
            index.generation.check()
        except BylineError as error:
            yield _unopened(error)
            return
        yield _index(store, index.generation)
        told("model", 0, 1)
        yield _model(index.generation.manifest.model, cache)
        yield from _articles(index.generation.catalog, told)


def _unopened(error: BylineError) -> Finding:
    """Make a finding of an error, whose message may end with what to run."""
    message, _, advice = error.message.partition("; run ")
    advice = f"run {advice}" if advice else ""
    return Finding(
        "index", "attention" if isinstance(error, NoIndex) else "broken", message, advice
    )


def _index(store: Store, generation: Generation) -> Finding:
    manifest = generation.manifest
    for fault in store.faults():
        return Finding("index", "attention", fault, "run `byline index`")
    for stranger in strangers(generation.folder, manifest.files):
        return Finding("index", "attention", stranger, "run `byline index --full`")
    message = (
        f"{manifest.articles:,} articles, {manifest.passages:,} passages, every file as written"
        f" on {manifest.created}"
    )
    return Finding("index", "sound", message, "")


def _model(record: ModelRecord, cache: Path) -> Finding:
    name, folder = record.name, cache / record.fingerprint
    faults = export_faults(folder)
    needed: State = "broken" if faults else "attention"
    try:
        here = find_model(name, from_hub=False)
    except BylineError as error:
        advice = "put the model back, or name another: `byline index --full --model NAME`"
        return Finding("model", needed, error.message, advice)
    if here.fingerprint != record.fingerprint:
        message = f"{name} is not the one that the index was built with"
        return Finding("model", needed, message, "run `byline index --full`")
    if failure := export_failure(record.fingerprint, cache):
        message = f"{name}, not exported and so slower to start ({failure})"
        return Finding("model", "sound", message, "")
    if faults:
        return Finding("model", "attention", faults[0], f"delete {folder} and ask anything")
    return Finding("model", "sound", f"{name}, ready for questions, every file as written", "")


def _articles(catalog: Catalog, told: Told) -> Iterator[Finding]:
    found = changes(catalog, thorough=True, told=lambda done, total: told("articles", done, total))
    if found:
        message = (
            f"since they were indexed {len(found.changed):,} changed, {len(found.gone):,} went, "
            f"{len(found.new):,} came"
        )
        yield Finding("articles", "attention", message, "run `byline index`")
    if found.lost:
        yield _lost(catalog, found)
    if not found and not found.lost:
        count = catalog.counts()[0]
        yield Finding("articles", "sound", f"all {count:,} are as they were indexed", "")


def _lost(catalog: Catalog, found: Changes) -> Finding:
    given = sorted(
        {
            root.given
            for root in catalog.roots
            if any(is_under(one, root.path) for one in found.lost)
        }
    )
    message = f"{len(found.lost):,} stand in {', '.join(given)}, which is not there now"
    advice = f"bring it back, or run `byline index --forget {given[0]}`"
    return Finding("articles", "attention", message, advice)


_JOURNALS = ("-wal", "-shm", "-journal")
_MENDED = ((3, 44, 6), (3, 50, 7), (3, 51, 3))
"""SQLite's releases in which the WAL-reset race is mended, the last of them for good."""


def strangers(folder: Path, files: Collection[str]) -> tuple[str, ...]:
    """Tell of files that are not among those written; SQLite's version only where it matters.

    A journal beside the catalog: another program opened it for writing, which Byline never does.
    """
    known = {*files, MANIFEST}
    found = (path for path in sorted(folder.rglob("*")) if path.is_file())
    names = (path for path in found if path.name not in LOCKS)
    return tuple(
        _described(path) for path in names if path.relative_to(folder).as_posix() not in known
    )


def _described(path: Path) -> str:
    if not path.name.endswith(_JOURNALS):
        return f"{path} is not of the index"
    hazard = (
        ""
        if _is_mended(sqlite3.sqlite_version_info)
        else (f"; SQLite {sqlite3.sqlite_version} can damage a file that two programs write")
    )
    return f"{path} shows that another program opened the index for writing{hazard}"


def _is_mended(version: tuple[int, ...]) -> bool:
    """Tell whether a version is free of the WAL-reset race of 3.7.0 to 3.51.2."""
    branch = any(version[:2] == mended[:2] and version >= mended for mended in _MENDED)
    return branch or version >= _MENDED[-1] or version < (3, 7)
