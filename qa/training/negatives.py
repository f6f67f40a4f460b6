"""Passages that our own retriever ranks high for a question but that do not answer it."""

import random
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

from index.models.onnx_export import open_question_encoder
from qa.answering.squad_text import normalise_answer
from qa.retrieval.retriever import Retriever
from qa.training.corpus import build_index, write_articles
from qa.training.data import Example, Kind, Row

_RETRIEVED = 12
"""Passages retrieved for a question: of its own article, or of others about the same names."""
_KEPT = 3
"""Limit of near misses of a question."""


def near_misses(rows: Iterable[Row], scratch: Path, chance: random.Random) -> Iterator[Example]:
    """Yield questions with passages outside their context that lack their answers."""
    rows = list(rows)
    write_articles(rows, scratch / "articles")
    store = build_index(scratch / "articles", scratch / "index", print)
    with closing(store.open()) as index:
        model = index.generation.manifest.model
        encoder = open_question_encoder(model.name, model.fingerprint, scratch / "models", print)
        retriever = Retriever(index.generation, encoder)
        for done, row in enumerate(rows):
            if done % 2000 == 0:
                print(f"near misses: {done} of {len(rows)} questions", flush=True)
            retrieved = retriever.retrieve(row.question, _RETRIEVED)
            missing = _unanswering([found.stored.passage.text for found in retrieved], row)
            for passage in chance.sample(missing, min(_KEPT, len(missing))):
                yield Example(row.question, passage, (), Kind.NEAR_MISS)


def _unanswering(passages: Iterable[str], row: Row) -> list[str]:
    context = row.context.replace("\n", " ")
    answers = [normalise_answer(answer.text) for answer in row.answers]
    return [
        passage
        for passage in passages
        if passage not in context
        and not any(answer in normalise_answer(passage) for answer in answers)
    ]
