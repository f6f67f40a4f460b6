"""Is everything sound? Model, index and articles, looked at without network or writing."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from index.catalog import Catalog
from index.changes import changes
from index.errors import BylineError, NoIndex
from index.export import export_failure, export_faults
from index.generation import Manifest
from index.models import find_model
from index.store import Store

State = Literal["sound", "attention", "broken"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    subject: Literal["index", "model", "reader", "articles"]
    state: State
    message: str
    advice: str
    """What to do; empty where nothing needs doing."""


def check(store: Store, cache: Path) -> Iterator[Finding]:
    """Look at everything, one finding after another; stops at an index that cannot be opened."""
    try:
        index = store.open(thorough=True)
    except NoIndex as error:
        yield Finding("index", "attention", error.message, "")
        return
    except BylineError as error:
        yield Finding("index", "broken", error.message, "")
        return
    with closing(index):
        generation = index.generation
        try:
            generation.check()
        except BylineError as error:
            yield Finding("index", "broken", error.message, "")
            return
        manifest = generation.manifest
        yield _beside(store, manifest)
        yield _model(manifest, cache)
        yield _articles(generation.catalog)


def _beside(store: Store, manifest: Manifest) -> Finding:
    if faults := store.faults():
        return Finding("index", "attention", faults[0], "run `byline index`")
    message = (
        f"{manifest.articles:,} articles, {manifest.passages:,} passages, every file as written"
        f" on {manifest.created}"
    )
    return Finding("index", "sound", message, "")


def _model(manifest: Manifest, cache: Path) -> Finding:
    name, fingerprint = manifest.model.name, manifest.model.fingerprint
    if failure := export_failure(fingerprint, cache):
        message = f"{name}, not exported and so slower to start ({failure})"
        return Finding("model", "sound", message, "")
    faults = export_faults(cache / fingerprint)
    if not faults:
        return Finding("model", "sound", f"{name}, ready for questions, every file as written", "")
    try:
        here = find_model(name, from_hub=False)
    except BylineError as error:
        return Finding(
            "model", "broken", error.message, "put the model back, or index with another"
        )
    if here.fingerprint != fingerprint:
        message = f"{name} is not the one that the index was built with"
        return Finding("model", "broken", message, "run `byline index --full`")
    return Finding(
        "model", "attention", faults[0], f"delete {cache / fingerprint} and ask anything"
    )


def _articles(catalog: Catalog) -> Finding:
    found = changes(catalog, thorough=True)
    if not found and not found.lost:
        count = catalog.counts()[0]
        return Finding("articles", "sound", f"all {count:,} are as they were indexed", "")
    gone = len(found.gone) + len(found.lost)
    message = (
        f"since they were indexed {len(found.changed):,} changed, {gone:,} went, "
        f"{len(found.new):,} came"
    )
    return Finding("articles", "attention", message, "run `byline index`")
