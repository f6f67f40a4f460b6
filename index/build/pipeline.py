"""A build: look, read, embed what is new, write a generation, publish it. Prints nothing."""

import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass

from index.articles.files import MAX_BYTES, Root
from index.articles.passages import DEFAULT_SETTINGS, PassageSettings
from index.articles.paths import is_under
from index.build.embedding import Embedding
from index.build.embedding_log import EmbeddedLog
from index.build.events import Progress, Stage, Summary
from index.build.merge_policy import DEFAULT_GROWTH, Growth
from index.build.scan import Fresh, Plan, Planner
from index.build.segment_plan import rows_of_fresh, shape_of
from index.build.staging import Draft
from index.build.writer import STEPS, Writing
from index.errors import (
    BadRequest,
    IndexDamaged,
    IndexUnreadable,
    IndexUnwritable,
    NoIndex,
    reason_of,
)
from index.models.passage_encoder import PassageEncoder
from index.models.registry import Model
from index.storage.generation import Generation, ModelRecord
from index.storage.records import StoredArticle
from index.storage.store import Store


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
    growth: Growth = DEFAULT_GROWTH


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
            raise _unwritten(f"{store.folder}: {reason_of(error)}") from error
        except IndexUnreadable as error:
            raise _unwritten(error.reason) from error


def _unwritten(reason: str) -> IndexUnwritable:
    return IndexUnwritable(f"{reason}; the index is as it was before")


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
        if is_under(folder, root.path):
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
    with _last(store, request) as last, closing(_draft(store, last)) as draft:
        plan = Plan()
        stored = [one for generation in last.generations for one in generation.catalog.articles()]
        yield from _look(plan, roots, request, encoder, stored, draft)
        embedding = Embedding(draft, encoder)
        published = _is_news(plan, roots, last)
        if published:
            records = [one for last_one in last.generations for one in last_one.manifest.segments]
            shape = shape_of(plan, stored, records, draft.fresh, request.growth)
            writing = Writing(store, draft, shape, last.generations, encoder, request.growth)
            with closing(writing.rows):
                yield from _write(store, roots, request, writing, embedding, last)
    with suppress(OSError):
        store.collect()
    yield Summary(
        added=plan.count("added"),
        changed=plan.count("changed"),
        removed=plan.removed,
        unchanged=plan.unchanged,
        skipped=tuple(plan.skipped),
        missing_roots=tuple(plan.missing_roots),
        articles=len(plan.articles),
        passages=plan.passages,
        embedded=embedding.embedded,
        reused=embedding.reused,
        published=published,
        rebuild_reason=last.unusable or None,
        seconds=time.monotonic() - began,
    )


@contextmanager
def _last(store: Store, request: BuildRequest) -> Iterator[_Last]:
    if not store.exists():
        yield _Last((), "")
        return
    if request.full:
        yield _Last((), "--full")
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


def _draft(store: Store, last: _Last) -> Draft:
    for generation in last.generations:
        manifest = generation.manifest
        return Draft.after(store, manifest.next_passage, manifest.next_article)
    return Draft.after(store, 0, 0)


def _look(
    plan: Plan,
    roots: tuple[Root, ...],
    request: BuildRequest,
    encoder: PassageEncoder,
    stored: Sequence[StoredArticle],
    draft: Draft,
) -> Iterator[Progress]:
    by_path = {article.found.path: article for article in stored}
    planner = Planner(by_path, request.settings, encoder, request.max_bytes, draft.stage)
    for done, total in planner.look(roots, plan):
        yield Progress(Stage.READ, done, total)


def _is_news(plan: Plan, roots: tuple[Root, ...], last: _Last) -> bool:
    """Tell whether what was found differs from the last generation, or is the first at all."""
    if not last.generations:
        return bool(plan.articles or last.unusable)
    fresh = any(isinstance(one, Fresh) for one in plan.articles)
    return bool(fresh or plan.removed or last.generations[0].manifest.roots != roots)


def _write(
    store: Store,
    roots: tuple[Root, ...],
    request: BuildRequest,
    writing: Writing,
    embedding: Embedding,
    last: _Last,
) -> Iterator[Progress]:
    log = EmbeddedLog(store.embedded_folder / f"{request.model.fingerprint}.vectors")
    places = rows_of_fresh(writing.shape, writing.draft.fresh)
    for done, total in embedding.run(writing.rows, places, log, last.generations):
        yield Progress(Stage.EMBED, done, total)
    model = _model_record(request.model, embedding, writing.rows.dimension, last)
    for done in writing.steps(roots, model, request.settings):
        yield Progress(Stage.WRITE, done, STEPS)
    store.publish(writing.draft.name)
    yield Progress(Stage.WRITE, STEPS, STEPS)
    with suppress(OSError):  # the next build tries again
        log.delete()


def _model_record(model: Model, embedding: Embedding, dimension: int, last: _Last) -> ModelRecord:
    if last.generations and not embedding.embedded:
        return last.generations[0].manifest.model
    encoder = embedding.encoder
    dimension = dimension or encoder.encode([""]).shape[1]
    return ModelRecord(model.name, model.fingerprint, dimension, encoder.precision)
