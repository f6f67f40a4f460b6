"""What is done before questions: an index built, its model and a reader prepared."""

from collections.abc import Generator, Iterator

from index.articles.files import MAX_BYTES, Root
from index.build.events import Progress, Summary
from index.build.pipeline import BuildRequest, build
from index.models.onnx_export import ensure_export, is_exported
from index.models.passage_encoder import SentenceEncoder
from index.models.registry import Model, find_model
from index.storage.store import Store
from qa.reader.export import ensure_reader, is_prepared
from qa.reader.sources import Source
from tui.jobs.events import BuildEvent, Waiting
from tui.paths import model_cache


def build_events(
    store: Store,
    model_name: str,
    roots: tuple[Root, ...],
    forget: tuple[Root, ...] = (),
    full: bool = False,
    max_bytes: int = MAX_BYTES,
) -> Iterator[BuildEvent]:
    """Bring an index up to date and have its model ready for questions; the summary comes last."""
    model = find_model(model_name)
    request = BuildRequest(model, roots, forget, full=full, max_bytes=max_bytes)
    summary = yield from _until_summary(build(store, request, SentenceEncoder(model)))
    if summary.articles:
        yield from _model_events(model)
    yield summary


def preparation(model_name: str, reader: Source) -> Iterator[Waiting]:
    """Have an embedding model and a reader ready for questions."""
    yield from reader_events(reader)
    yield from _model_events(find_model(model_name))


def reader_events(reader: Source) -> Iterator[Waiting]:
    """Have a reader ready for questions. Raises ModelUnavailable where it cannot be."""
    if not is_prepared(reader, model_cache()):
        yield Waiting("Preparing the reader, once")
        ensure_reader(reader, model_cache())


def _model_events(model: Model) -> Iterator[Waiting]:
    if not is_exported(model.fingerprint, model_cache()):
        yield Waiting("Preparing the model for questions, once")
        ensure_export(model, model_cache())


def _until_summary(events: Iterator[Progress | Summary]) -> Generator[Progress, None, Summary]:
    for event in events:
        if isinstance(event, Summary):
            return event
        yield event
    raise AssertionError("a build ends with its summary")
