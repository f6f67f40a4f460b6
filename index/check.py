"""Check model, index and articles, without network access and without writing."""

import sqlite3
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from index.articles.paths import is_under
from index.changes import Changes, changes
from index.errors import BylineError, NoIndex
from index.models.onnx_export import export_faults, folder_of
from index.models.question_encoder import CARDS
from index.models.registry import find_model
from index.models.tuning import described
from index.storage.catalog import Catalog
from index.storage.generation import LOCKS, MANIFEST, Generation, ModelRecord
from index.storage.store import Store

Subject = Literal["index", "model", "reader", "articles"]
State = Literal["ok", "warn", "error"]
"""With a warning, questions can be asked, or soon will be; with an error, they cannot."""
OnProgress = Callable[[Subject, int, int], None]
"""Takes what is being checked, and the done and total bytes (index) or articles."""


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check."""

    subject: Subject
    state: State
    message: str
    advice: str | None = None
    """What to do; None if there is nothing to do."""


def check(
    store: Store, cache: Path, on_progress: OnProgress = lambda _subject, _done, _total: None
) -> Iterator[Finding]:
    """Yield the findings as they are made; stops at an index that cannot be opened."""
    with ExitStack() as files:
        try:
            index = store.open(
                thorough=True, on_progress=lambda done, total: on_progress("index", done, total)
            )
            files.enter_context(closing(index)).generation.check()
        except BylineError as error:
            yield _cannot_open(error)
            return
        yield _check_index(store, index.generation)
        on_progress("model", 0, 1)
        yield _check_model(index.generation.manifest.model, cache)
        yield from _check_articles(store, index.generation.catalog, on_progress)


def _cannot_open(error: BylineError) -> Finding:
    """Return the finding for an error, whose message may end with the command to run."""
    message, _, command = error.message.partition("; run ")
    state: State = "warn" if isinstance(error, NoIndex) else "error"
    return Finding("index", state, message, f"run {command}" if command else None)


def _check_index(store: Store, generation: Generation) -> Finding:
    manifest = generation.manifest
    if faults := store.faults():
        return Finding("index", "warn", faults[0], f"run `{store.build_command}`")
    for one in generation.generations:
        if unexpected := unexpected_files(one.folder, one.manifest.files):
            return Finding("index", "warn", unexpected[0], f"run `{store.build_command} --full`")
    counts = f"{manifest.articles:,} articles, {manifest.passages:,} passages"
    return Finding("index", "ok", f"{counts}; all checksums match (built {manifest.created})")


def _check_model(record: ModelRecord, cache: Path) -> Finding:
    name, folder = record.name, folder_of(record.fingerprint, cache)
    faults = export_faults(folder)
    if_unusable: State = "error" if faults else "warn"
    try:
        installed = find_model(name, from_hub=False)
    except BylineError as error:
        advice = "restore the model, or choose another: `byline index --full --model NAME`"
        return Finding("model", if_unusable, error.message, advice)
    if installed.fingerprint != record.fingerprint:
        message = f"{name} is not the model that the index was built with"
        return Finding("model", if_unusable, message, "run `byline index --full`")
    card = CARDS.read(folder)
    if card and card.failure:
        return Finding("model", "ok", f"{name}: not exported, so slower to start ({card.failure})")
    if faults:
        advice = f"delete {folder}; the next question recreates it"
        return Finding("model", "warn", faults[0], advice)
    tuned = ""
    if card:
        measured = described(card.questions), described(card.passages)
        tuned = " (questions: {}; passages: {})".format(*measured)
    return Finding("model", "ok", f"{name} is ready; all checksums match{tuned}")


def _check_articles(store: Store, catalog: Catalog, on_progress: OnProgress) -> Iterator[Finding]:
    found = changes(
        catalog, thorough=True, on_progress=lambda done, total: on_progress("articles", done, total)
    )
    if found.needs_build:
        counts = (
            f"{len(found.changed):,} changed, {len(found.deleted):,} deleted, "
            f"{len(found.new):,} added"
        )
        yield Finding(
            "articles", "warn", f"since indexing: {counts}", f"run `{store.build_command}`"
        )
    if found.missing:
        yield _missing_folders(store, catalog, found)
    if not found.needs_build and not found.missing:
        yield Finding("articles", "ok", f"all {catalog.counts()[0]:,} unchanged since indexing")


def _missing_folders(store: Store, catalog: Catalog, found: Changes) -> Finding:
    folders = sorted(
        {
            root.given
            for root in catalog.roots
            if not root.linked_from and any(is_under(path, root.path) for path in found.missing)
        }
    )
    count = "1 article is" if len(found.missing) == 1 else f"{len(found.missing):,} articles are"
    are = "is" if len(folders) == 1 else "are"
    message = f"{count} in {', '.join(folders)}, which {are} missing"
    advice = f"restore it, or run `{store.build_command} --forget {folders[0]}`"
    return Finding("articles", "warn", message, advice)


_JOURNALS = ("-wal", "-shm", "-journal")
_FIXED = ((3, 44, 6), (3, 50, 7), (3, 51, 3))
"""SQLite releases with a fix for the WAL-reset race; all after the last one have it."""


def unexpected_files(folder: Path, files: Collection[str]) -> list[str]:
    """Return a message for each file in a generation's folder that the build did not write.

    A journal means that another program opened the catalog for writing, which Byline never does;
    only then does the SQLite version matter.
    """
    known = {*files, MANIFEST}
    return [
        _unexpected(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and path.name not in LOCKS
        and path.relative_to(folder).as_posix() not in known
    ]


def _unexpected(path: Path) -> str:
    if not path.name.endswith(_JOURNALS):
        return f"unexpected file in the index: {path}"
    message = f"{path} means that another program opened the index for writing"
    if _has_wal_reset_fix(sqlite3.sqlite_version_info):
        return message
    return f"{message}; SQLite {sqlite3.sqlite_version} can corrupt a file that two programs write"


def _has_wal_reset_fix(version: tuple[int, ...]) -> bool:
    """Return whether a version is free of the WAL-reset race of 3.7.0 to 3.51.2."""
    branch = any(version[:2] == fixed[:2] and version >= fixed for fixed in _FIXED)
    return branch or version >= _FIXED[-1] or version < (3, 7)
