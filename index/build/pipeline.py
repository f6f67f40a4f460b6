"""A build: scan, read and embed what is new, write a generation, publish it. Prints nothing."""

import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass
from pathlib import Path

from index.articles.files import MAX_BYTES, Root
from index.articles.passages import DEFAULT_SETTINGS, PassageSettings
from index.articles.paths import is_under
from index.build.embedding import Embedder
from index.build.embedding_log import EmbeddingLog
from index.build.events import Progress, Stage, Summary
from index.build.merge_policy import DEFAULT_POLICY, MergePolicy
from index.build.partition import WHOLE, Part
from index.build.scan import Scanner, ScanResult
from index.build.segment_plan import plan_segments, rows_of_fresh
from index.build.staging import Draft
from index.build.writer import STEPS, GenerationWriter
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
from index.storage.store import EMBEDDED, Store


@dataclass(frozen=True, slots=True)
class BuildRequest:
    """What to build from, and how."""

    model: Model
    roots: tuple[Root, ...] = ()
    """Roots to add to the remembered ones."""
    forget: tuple[Root, ...] = ()
    """Roots to remove from the remembered ones."""
    settings: PassageSettings = DEFAULT_SETTINGS
    full: bool = False
    max_bytes: int = MAX_BYTES
    merge_policy: MergePolicy = DEFAULT_POLICY
    only: frozenset[str] | None = None
    """Absolute paths that may have changed, with what is under them; None means everything."""
    part: Part = WHOLE
    """The part of the articles that the index has."""


@dataclass
class Known:
    """The articles of a generation, kept from one build of a process to its next."""

    generation: str = ""
    """Its name; empty if none is known."""
    articles: Sequence[StoredArticle] = ()

    def of(self, generation: Generation) -> Sequence[StoredArticle]:
        """Return the articles of a generation, read only if they are not known."""
        if self.generation != generation.folder.name:
            self.articles = generation.catalog.articles()
            self.generation = generation.folder.name
        return self.articles


def build(
    store: Store, request: BuildRequest, encoder: PassageEncoder, known: Known | None = None
) -> Iterator[Progress | Summary]:
    """Bring the index up to date; yields progress and, last, the summary.

    `known` saves the next build reading what this one wrote. The old index stays until the new one
    is complete. Raises IndexBusy, IndexUnwritable or BadRequest.
    """
    _refuse_inside(store, request.roots)
    with store.writing():
        roots = _all_roots(store, request)
        try:
            yield from _build(store, request, roots, encoder, known or Known())
        except OSError as error:
            reason = f"{store.folder}: {reason_of(error)}"
            raise IndexUnwritable(f"{reason}; the index was not changed") from error
        except IndexUnreadable as error:
            raise IndexUnwritable(f"{error.reason}; the index was not changed") from error


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
    """Refuse an index inside a folder of articles, where it would be scanned as one."""
    folder = str(store.folder.resolve())
    for root in roots:
        if is_under(folder, root.path):
            raise BadRequest(f"the index {folder} lies inside {root.given}; put it elsewhere")


def _build(
    store: Store,
    request: BuildRequest,
    roots: tuple[Root, ...],
    encoder: PassageEncoder,
    known: Known,
) -> Iterator[Progress | Summary]:
    started, started_ns = time.monotonic(), time.time_ns()
    with suppress(OSError):
        store.repair()
        store.collect_garbage()
    with ExitStack() as files:
        previous, rebuild_reason = open_previous(store, request, files)
        draft = files.enter_context(closing(Draft(store, previous)))
        stored = known.of(previous) if previous else ()
        scan = ScanResult()
        by_path = {article.found.path: article for article in stored}
        scanner = Scanner(
            by_path, request.settings, encoder, request.max_bytes, draft.stage, request.part
        )
        only = request.only if previous and _can_be_partial(request, roots) else None
        for done, total in scanner.scan(roots, scan, only):
            yield Progress(Stage.READ, done, total)
        roots = _roots_to_remember(roots, scan, by_path)
        embedder = Embedder(draft, encoder)
        if previous:
            published = bool(
                scan.added or scan.changed or scan.removed or previous.manifest.roots != roots
            )
        else:
            published = bool(scan.articles or rebuild_reason)
        if published:
            segments = previous.manifest.segments if previous else ()
            plan = plan_segments(scan, stored, segments, draft.fresh, request.merge_policy)
            writer = GenerationWriter(draft, plan, encoder, request.merge_policy)
            yield from _write(roots, request, files.enter_context(closing(writer)), embedder)
            known.generation, known.articles = draft.name, plan.articles
    with suppress(OSError):
        if only is None and store.exists():
            store.note_scan(started_ns)
        store.collect_garbage()
    yield Summary(
        added=scan.added,
        changed=scan.changed,
        removed=scan.removed,
        unchanged=scan.unchanged,
        skipped=tuple(scan.skipped),
        missing_roots=tuple(scan.missing_roots),
        articles=len(scan.articles),
        passages=scan.passages,
        embedded=embedder.embedded,
        reused=embedder.reused,
        published=published,
        rebuild_reason=rebuild_reason,
        seconds=time.monotonic() - started,
        mixed=tuple(scan.mixed),
        notes=tuple(scan.notes),
    )


def _can_be_partial(request: BuildRequest, roots: tuple[Root, ...]) -> bool:
    """Return whether a build may look at some paths alone.

    A link may lead from anywhere to a path.
    """
    return not (request.roots or request.forget or any(root.follow_links for root in roots))


def _roots_to_remember(
    roots: tuple[Root, ...], scan: ScanResult, stored: Collection[str]
) -> tuple[Root, ...]:
    """Leave out files that never were articles; add what the links of the roots lead to."""
    skipped = {item.path for item in scan.skipped}.difference(stored)
    named = tuple(root for root in roots if root.path not in skipped or Path(root.path).is_dir())
    of_articles = dict.fromkeys(article.found.root for article in scan.articles)
    return named + tuple(root for root in of_articles if root.linked_from)


def open_previous(
    store: Store, request: BuildRequest, files: ExitStack
) -> tuple[Generation | None, str | None]:
    """Open the generation to build on; None if there is none.

    Returns with it why an index that exists cannot be built on; None if it can, or if there is no
    index.
    """
    if not store.exists():
        return None, None
    if request.full:
        return None, "--full"
    try:
        index = files.enter_context(closing(store.open()))
    except (IndexDamaged, NoIndex) as error:
        return None, error.message
    manifest = index.generation.manifest
    if manifest.model.fingerprint != request.model.fingerprint:
        return None, f"built with another model, {manifest.model.name}"
    if manifest.settings != request.settings:
        return None, "built with other passage settings"
    return index.generation, None


def _write(
    roots: tuple[Root, ...], request: BuildRequest, writer: GenerationWriter, embedder: Embedder
) -> Iterator[Progress]:
    """Embed the fresh passages, write the generation and publish it."""
    store = writer.draft.store
    log = log_of(store, request.model)
    rows = rows_of_fresh(writer.plan, writer.draft.fresh)
    for done, total in embedder.run(writer.rows, rows, log):
        yield Progress(Stage.EMBED, done, total)
    model = _model_record(request.model, embedder, writer.rows.dimension)
    for done in writer.steps(roots, model, request.settings):
        yield Progress(Stage.WRITE, done, STEPS)
    store.publish(writer.draft.name)
    yield Progress(Stage.WRITE, STEPS, STEPS)
    with suppress(OSError):  # the next build tries again
        log.delete()


def log_of(store: Store, model: Model) -> EmbeddingLog:
    """Return where a build keeps the vectors that a model has finished."""
    return EmbeddingLog(store.folder / EMBEDDED / f"{model.fingerprint}.vectors")


def _model_record(model: Model, embedder: Embedder, dimension: int) -> ModelRecord:
    previous, encoder = embedder.draft.previous, embedder.encoder
    if previous and not embedder.embedded:
        return previous.manifest.model
    dimension = dimension or encoder.encode([""]).shape[1]
    return ModelRecord(model.name, model.fingerprint, dimension, encoder.precision)
