"""A build: look, read, embed what is new, write a generation, publish it. Prints nothing."""

import time
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from index import generation as layout
from index.articles import MAX_BYTES, Root
from index.assembly import Assembly
from index.catalog import write_catalog
from index.embedded import EmbeddedLog
from index.embedding import Embedding
from index.encoder import PassageEncoder
from index.errors import BadRequest, IndexDamaged, IndexUnwritable, NoIndex
from index.generation import FORMAT, Generation, Manifest, ModelRecord, seal
from index.keywords import write_keywords
from index.models import Model
from index.passages import DEFAULT_SETTINGS, PassageSettings
from index.plan import Fresh, Plan, Planner
from index.progress import Progress, Stage, Summary
from index.store import Store
from index.vectors import write_vectors


@dataclass(frozen=True, slots=True)
class BuildRequest:
    """What to build from, and how."""

    model: Model
    roots: tuple[Root, ...] = ()
    """Roots to add to those remembered."""
    forget: tuple[Root, ...] = ()
    """Roots to drop from those remembered."""
    settings: PassageSettings = DEFAULT_SETTINGS
    full: bool = False
    max_bytes: int = MAX_BYTES


@dataclass(frozen=True, slots=True)
class _Last:
    """The generation before this build, where it can be built upon."""

    generations: tuple[Generation, ...]
    """One or none."""
    unusable: str
    """Why there is none although there is an index; empty where that is not so."""


def build(
    store: Store, request: BuildRequest, encoder: PassageEncoder
) -> Iterator[Progress | Summary]:
    """Bring the index up to date; yields progress and, last, the summary.

    Raises IndexBusy, IndexUnwritable, BadRequest. The old index stays until the new one is whole.
    """
    began = time.monotonic()
    _refuse_inside(store, request.roots)
    with store.writing():
        roots = _all_roots(store, request)
        try:
            yield from _build(store, request, roots, encoder, began)
        except OSError as error:
            # strerror is empty where a library told in its own words.
            reason = error.strerror or str(error)
            raise IndexUnwritable(
                f"{store.folder}: {reason}; the index is as it was before"
            ) from error


def _all_roots(store: Store, request: BuildRequest) -> tuple[Root, ...]:
    by_path = {root.path: root for root in store.remembered_roots()}
    by_path |= {root.path: root for root in request.roots}
    for root in request.forget:
        if by_path.pop(root.path, None) is None:
            raise BadRequest(f"{root.given} is not among the indexed folders")
    _refuse_inside(store, by_path.values())
    if not by_path and not request.forget:
        raise BadRequest("nothing to index yet; name a folder: byline index FOLDER")
    return tuple(by_path.values())


def _refuse_inside(store: Store, roots: Iterable[Root]) -> None:
    """Refuse an index inside articles, where it would be found among them."""
    folder = str(store.folder.resolve())
    for root in roots:
        if folder == root.path or folder.startswith(root.path.rstrip("/") + "/"):
            raise BadRequest(f"the index {folder} lies inside {root.given}; put it elsewhere")


def _build(
    store: Store,
    request: BuildRequest,
    roots: tuple[Root, ...],
    encoder: PassageEncoder,
    began: float,
) -> Iterator[Progress | Summary]:
    with suppress(OSError):
        store.mend()
        store.collect()
    with _last(store, request) as last:
        plan = Plan()
        yield from _look(plan, roots, request, encoder, last)
        embedding = Embedding()
        published = _is_news(plan, roots, last)
        if published:
            assembly = Assembly.of(plan, last.generations)
            log = EmbeddedLog(store.embedded_folder / f"{request.model.fingerprint}.vectors")
            for done, total in embedding.run(assembly, encoder, log, last.generations):
                yield Progress(Stage.EMBED, done, total)
            record = _model_record(request.model, encoder, embedding, last)
            yield from _write(store, roots, record, request.settings, assembly, embedding, last)
            with suppress(OSError):  # the next build tries again
                log.delete()
    with suppress(OSError):
        store.collect()
    yield Summary(
        added=plan.count("added"),
        changed=plan.count("changed"),
        removed=plan.removed,
        unchanged=plan.unchanged,
        skipped=tuple(plan.skipped),
        lost=tuple(plan.lost),
        articles=len(plan.articles),
        passages=plan.passages,
        embedded=embedding.embedded,
        reused=embedding.reused,
        published=published,
        rebuilt=last.unusable,
        seconds=time.monotonic() - began,
    )


@contextmanager
def _last(store: Store, request: BuildRequest) -> Iterator[_Last]:
    if not store.exists():
        yield _Last((), "")
        return
    if request.full:
        yield _Last((), "as asked")
        return
    try:
        current = store.open()
    except (IndexDamaged, NoIndex) as error:
        yield _Last((), error.message)
        return
    with closing(current):
        manifest = current.generation.manifest
        if manifest.model.fingerprint != request.model.fingerprint:
            yield _Last((), f"it was built with another model, {manifest.model.name}")
        elif manifest.settings != request.settings:
            yield _Last((), "it was built with other passage settings")
        else:
            yield _Last((current.generation,), "")


def _look(
    plan: Plan,
    roots: tuple[Root, ...],
    request: BuildRequest,
    encoder: PassageEncoder,
    last: _Last,
) -> Iterator[Progress]:
    stored = [article for one in last.generations for article in one.catalog.articles()]
    by_path = {article.found.path: article for article in stored}
    planner = Planner(by_path, request.settings, encoder, request.max_bytes)
    for done, total in planner.look(roots, plan):
        yield Progress(Stage.READ, done, total)


def _is_news(plan: Plan, roots: tuple[Root, ...], last: _Last) -> bool:
    """Tell whether what was found differs from the last generation, or is the first at all."""
    if not last.generations:
        return bool(plan.articles or last.unusable)
    fresh = any(isinstance(one, Fresh) for one in plan.articles)
    return bool(fresh or plan.removed or last.generations[0].manifest.roots != roots)


def _model_record(
    model: Model, encoder: PassageEncoder, embedding: Embedding, last: _Last
) -> ModelRecord:
    if last.generations and not embedding.embedded:
        return last.generations[0].manifest.model
    dimensions = {len(vector) for vector in embedding.known.values()}
    dimension = dimensions.pop() if dimensions else encoder.encode([""]).shape[1]
    return ModelRecord(model.name, model.fingerprint, dimension, encoder.precision)


def _write(
    store: Store,
    roots: tuple[Root, ...],
    model: ModelRecord,
    settings: PassageSettings,
    assembly: Assembly,
    embedding: Embedding,
    last: _Last,
) -> Iterator[Progress]:
    steps = 5
    yield Progress(Stage.WRITE, 0, steps)
    name = store.new_generation()
    folder = store.generation_folder(name)
    vectors = embedding.vectors(assembly, last.generations, model.dimension)
    write_vectors(folder / layout.VECTORS, vectors)
    yield Progress(Stage.WRITE, 1, steps)
    write_catalog(folder / layout.CATALOG, roots, assembly.articles)
    yield Progress(Stage.WRITE, 2, steps)
    write_keywords(folder / layout.KEYWORDS, assembly.documents())
    yield Progress(Stage.WRITE, 3, steps)
    manifest = Manifest(
        format=FORMAT,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        model=model,
        settings=settings,
        roots=roots,
        articles=len(assembly.articles),
        passages=assembly.passage_count,
        files={},
    )
    seal(folder, manifest)
    _read_back(folder)
    yield Progress(Stage.WRITE, 4, steps)
    store.publish(name)
    yield Progress(Stage.WRITE, steps, steps)


def _read_back(folder: Path) -> None:
    try:
        with closing(Generation.open(folder)) as written:
            written.check()
    except IndexDamaged as error:
        raise OSError(f"what was written did not read back ({error.message})") from error
