"""All examples of a training, made once and kept beside the checkpoints."""

import random
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

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
from qa.training.negatives import near_misses
from qa.training.perturbed import unanswerable

_SEED = 1
"""Of which near misses and turned questions there are."""
_CONVERSATIONAL = frozenset({"reddit", "amazon"})


def mixture(data: Path, folder: Path) -> list[Example]:
    """Make the examples from the data's folder, or read those that were made before."""
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
    encyclopedic, conversational = _parted(rows)
    short = without_contexts(load(data / "train-sentences.jsonl.gz"), apart)
    trained = training_rows(dev)
    yield from _all(encyclopedic, Kind.ENCYCLOPEDIC)
    yield from _all(conversational, Kind.CONVERSATIONAL)
    yield from _all(short, Kind.SENTENCE)
    yield from _all(trained, Kind.DEV)
    yield from _perturbed([*encyclopedic, *trained], chance)
    asked = [row for row in (*encyclopedic, *trained) if row.source != "squad_sentence"]
    yield from near_misses(asked, scratch, chance)


def _parted(rows: Iterable[Row]) -> tuple[list[Row], list[Row]]:
    parted: tuple[list[Row], list[Row]] = ([], [])
    for row in rows:
        parted[row.source in _CONVERSATIONAL].append(row)
    return parted


def _all(rows: Iterable[Row], kind: Kind) -> Iterator[Example]:
    for row in rows:
        yield from examples_of(row, kind)


def _perturbed(rows: Iterable[Row], chance: random.Random) -> Iterator[Example]:
    for row in rows:
        texts = [answer.text for answer in row.answers]
        turned = unanswerable(row.question, row.context, texts, chance) if texts else ""
        if turned:
            asked = msgspec.structs.replace(row, question=turned, answers=())
            yield from examples_of(asked, Kind.PERTURBED)
