"""Passages that our own retriever ranks high for a question and that do not answer it."""

import random
from collections.abc import Iterable, Iterator
from pathlib import Path

from index.models.onnx_export import open_question_encoder
from qa.answering.squad_text import normalise_answer
from qa.retrieval.retriever import Retriever
from qa.training.corpus import build_index, write_articles
from qa.training.data import Example, Kind, Row

_RANKED = 12
"""Passages that are asked for; those of its own article, of others, about the same names."""
_KEPT = 3
"""Near misses kept of each question."""


def near_misses(rows: Iterable[Row], scratch: Path, chance: random.Random) -> Iterator[Example]:
    """Yield questions on passages that do not hold their answers, nor stand in their context."""
    asked = list(rows)
    write_articles(asked, scratch / "articles")
    opened = build_index(scratch / "articles", scratch / "index", print).open()
    model = opened.generation.manifest.model
    encoder = open_question_encoder(model.name, model.fingerprint, scratch / "models", print)
    retriever = Retriever(opened.generation, encoder)
    for done, row in enumerate(asked):
        if done % 2000 == 0:
            print(f"near misses: {done} of {len(asked)} questions", flush=True)
        answers = [normalise_answer(answer.text) for answer in row.answers]
        passages = [one.stored.passage.text for one in retriever.retrieve(row.question, _RANKED)]
        missing = [
            passage
            for passage in passages
            if passage not in row.context.replace("\n", " ")
            and not any(answer in normalise_answer(passage) for answer in answers)
        ]
        for passage in chance.sample(missing, min(_KEPT, len(missing))):
            yield Example(row.question, passage, (), Kind.NEAR_MISS)
    opened.close()
