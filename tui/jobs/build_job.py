"""Build an index and prepare the models that questions need."""

from collections.abc import Iterator
from functools import partial

from index.articles.files import MAX_BYTES, Root
from index.build.events import Summary
from index.build.pipeline import BuildRequest, build
from index.models.onnx_export import ensure_export, is_exported
from index.models.registry import Model, find_model
from index.models.tuned_encoder import TunedEncoder
from index.storage.store import Store
from index.watch.events import WatchEvent
from index.watch.file_events import WatchedFiles
from index.watch.watcher import Watcher
from qa.reader.export import ensure_reader, is_prepared, label_of, readers_named
from qa.reader.sources import find_reader
from tui.jobs.events import BuildEvent, Waiting
from tui.paths import model_cache
from tui.settings import prepare_formats


def build_events(
    store: Store,
    model_name: str,
    roots: tuple[Root, ...],
    forget: tuple[Root, ...] = (),
    full: bool = False,
    max_bytes: int = MAX_BYTES,
) -> Iterator[BuildEvent]:
    """Bring an index up to date and prepare its model for questions; the summary comes last."""
    prepare_formats()
    model = find_model(model_name)
    request = BuildRequest(model, roots, forget, full=full, max_bytes=max_bytes)
    for event in build(store, request, TunedEncoder(model, model_cache())):
        if isinstance(event, Summary) and event.articles:
            yield from _model_events(model)
        yield event


def watch_events(
    store: Store, model_name: str, max_bytes: int = MAX_BYTES, poll: bool = False
) -> Iterator[Waiting | WatchEvent]:
    """Keep an index up to date as its articles change; ends only by an error.

    `poll` looks at the files every few seconds instead of waiting for reports. Raises IndexBusy
    if another process does so already, and what a build raises.
    """
    prepare_formats()
    model = find_model(model_name)
    yield from _model_events(model)
    request = BuildRequest(model, max_bytes=max_bytes)
    encoder = TunedEncoder(model, model_cache(), few=True)
    yield from Watcher(store, request, encoder, partial(WatchedFiles, poll=poll)).run()


def prepare_events(model_name: str, reader: str) -> Iterator[Waiting]:
    """Prepare an embedding model and a reader, by name or path, for questions."""
    yield from reader_events(reader)
    yield from _model_events(find_model(model_name))


def reader_events(reader: str) -> Iterator[Waiting]:
    """Prepare a reader, by name or path, for questions. Raises ModelUnavailable if that fails."""
    for name in readers_named(reader, model_cache()):
        source = find_reader(name)
        if not is_prepared(source, model_cache()):
            yield Waiting(f"Preparing the {label_of(name)}, once")
            ensure_reader(source, model_cache())


def _model_events(model: Model) -> Iterator[Waiting]:
    if not is_exported(model.fingerprint, model_cache()):
        yield Waiting("Preparing the model for questions, once")
        ensure_export(model, model_cache())
