"""The examples of a training, made once and kept with the checkpoints."""

import random
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

import msgspec

from index.models.onnx_export import open_question_encoder
from qa.answering.squad_text import normalise_answer
from qa.retrieval.retriever import Retriever
from qa.training.corpus import build_index, write_articles
from qa.training.data import (
    CALIBRATED,
    MEASURED,
    Example,
    Kind,
    Row,
    examples_of,
    load,
    training_rows,
    without_contexts,
)
from qa.training.perturbed import unanswerable

_SEED = 1
"""Of the near misses and the perturbed questions."""
_CONVERSATIONAL = frozenset({"reddit", "amazon"})
_RETRIEVED = 12
"""Passages retrieved for a question: of its own article, or of others about the same names."""
_KEPT = 3
"""Limit of near misses of a question."""


def mixture(data: Path, folder: Path) -> list[Example]:
    """Make the examples from the data's folder, or read those made before."""
    made = folder / "examples.jsonl"
    if not made.exists():
        partial = made.with_suffix(".partial")
        with partial.open("wb") as lines:
            for example in _examples(data, folder / "retrieval"):
                lines.write(msgspec.json.encode(example) + b"\n")
        partial.rename(made)
    with made.open("rb") as lines:
        return [msgspec.json.decode(line, type=Example) for line in lines]


def _examples(data: Path, scratch: Path) -> Iterator[Example]:
    chance = random.Random(_SEED)  # noqa: S311
    dev = load(data / "dev.jsonl.gz")
    apart = [row for row in dev if row.title in MEASURED | CALIBRATED]
    rows = without_contexts(load(data / "train.jsonl.gz"), apart)
    conversational = [row for row in rows if row.source in _CONVERSATIONAL]
    encyclopedic = [row for row in rows if row.source not in _CONVERSATIONAL]
    short = without_contexts(load(data / "train-sentences.jsonl.gz"), apart)
    trained = training_rows(dev)
    for kind, rows in (
        (Kind.ENCYCLOPEDIC, encyclopedic),
        (Kind.CONVERSATIONAL, conversational),
        (Kind.SENTENCE, short),
        (Kind.DEV, trained),
    ):
        for row in rows:
            yield from examples_of(row, kind)
    yield from _perturbed([*encyclopedic, *trained], chance)
    searched = [row for row in (*encyclopedic, *trained) if row.source != "squad_sentence"]
    yield from _near_misses(searched, scratch, chance)


def _perturbed(rows: Iterable[Row], chance: random.Random) -> Iterator[Example]:
    for row in rows:
        texts = [answer.text for answer in row.answers]
        question = unanswerable(row.question, row.context, texts, chance) if texts else None
        if question is not None:
            perturbed = msgspec.structs.replace(row, question=question, answers=())
            yield from examples_of(perturbed, Kind.PERTURBED)


def _near_misses(rows: Sequence[Row], scratch: Path, chance: random.Random) -> Iterator[Example]:
    """Yield questions with passages outside their context that lack their answers.

    They are passages that our own retriever ranks high.
    """
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
