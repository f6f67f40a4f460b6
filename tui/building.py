"""What a command does before questions: an index built with progress shown, a reader prepared."""

from index.articles import MAX_BYTES, Root
from index.build import BuildRequest, build
from index.encoder import SentenceEncoder
from index.export import ensure_export, is_exported
from index.models import find_model
from index.progress import Summary
from index.store import Store
from qa.reader.export import ensure_reader, is_prepared
from qa.reader.sources import Source
from tui.places import model_cache
from tui.progress import waiting, watch


def run_build(
    store: Store,
    model_name: str,
    roots: tuple[Root, ...],
    forget: tuple[Root, ...] = (),
    full: bool = False,
    max_bytes: int = MAX_BYTES,
) -> Summary:
    """Bring an index up to date and have its model ready for questions."""
    model = find_model(model_name)
    request = BuildRequest(model, roots, forget, full=full, max_bytes=max_bytes)
    summary = watch(build(store, request, SentenceEncoder(model)))
    if summary.articles and not is_exported(model, model_cache()):
        with waiting("Preparing the model for questions, once"):
            ensure_export(model, model_cache())
    return summary


def prepare_reader(reader: Source) -> None:
    """Have a reader ready for questions. Raises ModelUnavailable where it cannot be."""
    if not is_prepared(reader, model_cache()):
        with waiting("Preparing the reader, once"):
            ensure_reader(reader, model_cache())
