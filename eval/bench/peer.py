"""How long a question takes in Haystack's usual pipeline, with the same weights and passages.

Haystack 2 (`pip install "haystack-ai<3"`; 3 has no extractive reader) is no dependency of Byline.
"""

import os
import shutil
import tempfile
from collections.abc import Callable, Sequence
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from eval.bench.figures import Figure, percentiles
from index.errors import MissingExtra
from index.models.registry import DEFAULT_MODEL, find_model, go_offline
from index.storage.store import Store
from qa.bot import PASSAGES_READ, Bot
from qa.reader.encoders import minilm_folder
from qa.reader.shipped import FAST, FAST_READER, load_trained
from qa.stopwatch import Stopwatch

if TYPE_CHECKING:
    from haystack import Pipeline

_WARM_UP = 5
_ANSWERS = 3
_TOKENIZER = ("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "vocab.txt")


def bench_peer(
    store: Store, cache: Path, questions: Sequence[str], on_progress: Callable[[str], None]
) -> list[Figure]:
    """Ask both the same questions in turns, over the passages of an index.

    Byline reads with its fast reader. Raises MissingExtra if Haystack is not installed, and what
    opening the index raises.
    """
    if not (find_spec("haystack") and find_spec("haystack.components.readers")):
        raise MissingExtra('haystack not installed: run pip install "haystack-ai<3"')
    ours: list[float] = []
    theirs: list[float] = []
    bot = Bot.open(store, cache, FAST_READER, 0.0, on_progress)
    with closing(bot), tempfile.TemporaryDirectory() as scratch:
        passages = _passages(bot)
        on_progress(f"opening Haystack's pipeline over {len(passages):,} passages")
        pipeline = _pipeline(passages, Path(scratch))
        on_progress(f"asking {len(questions):,} questions of both")
        for question in questions:
            watch = Stopwatch()
            bot.ask(question, _ANSWERS)
            ours.append(watch.lap())
            pipeline.run({"encoder": {"text": question}, "reader": {"query": question}})
            theirs.append(watch.lap())
    return [
        Figure("passages", len(passages)),
        Figure("Haystack, p50", median(theirs[_WARM_UP:]), "ms"),
        *percentiles("byline", ours[_WARM_UP:], "Haystack, p50", median(theirs[_WARM_UP:])),
    ]


def _passages(bot: Bot) -> list[str]:
    catalog = bot.index.generation.catalog
    return [
        stored.passage.text
        for article in catalog.articles()
        for stored in catalog.passages_of(article)
    ]


def _pipeline(passages: Sequence[str], scratch: Path) -> "Pipeline":
    """Return embedder, retriever and reader as Haystack's documentation joins them."""
    go_offline()
    os.environ["HAYSTACK_TELEMETRY_ENABLED"] = "False"
    from haystack import Document, Pipeline
    from haystack.components.embedders import (
        SentenceTransformersDocumentEmbedder,
        SentenceTransformersTextEmbedder,
    )
    from haystack.components.readers import ExtractiveReader
    from haystack.components.retrievers.in_memory import InMemoryEmbeddingRetriever
    from haystack.document_stores.in_memory import InMemoryDocumentStore

    encoder: dict[str, Any] = {"model": str(find_model(DEFAULT_MODEL).folder), "token": None}
    embedder = SentenceTransformersDocumentEmbedder(**encoder, progress_bar=False)
    embedder.warm_up()
    documents = InMemoryDocumentStore(embedding_similarity_function="cosine")
    # By their number: two articles may have the same passage.
    texts = [Document(id=str(number), content=text) for number, text in enumerate(passages)]
    embedded = embedder.run(texts)
    documents.write_documents(embedded["documents"])
    _write_reader(scratch)
    pipeline = Pipeline()
    pipeline.add_component(
        "encoder", SentenceTransformersTextEmbedder(**encoder, progress_bar=False)
    )
    pipeline.add_component("retriever", InMemoryEmbeddingRetriever(documents, top_k=PASSAGES_READ))
    pipeline.add_component("reader", ExtractiveReader(scratch, token=None, top_k=_ANSWERS))
    pipeline.connect("encoder.embedding", "retriever.query_embedding")
    pipeline.connect("retriever.documents", "reader.documents")
    pipeline.warm_up()
    return pipeline


def _write_reader(folder: Path) -> None:
    """Write the fast reader as transformers reads it."""
    encoder = minilm_folder()
    load_trained(FAST, encoder).save_pretrained(folder)
    for name in _TOKENIZER:
        if (encoder / name).is_file():
            shutil.copy(encoder / name, folder / name)
