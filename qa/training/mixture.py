"""The groups that a training learns from: data sets, each with the share of it that is taken."""

import random
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from qa.answering.squad_text import normalise_answer
from qa.training.data import (
    CALIBRATED,
    MEASURED,
    Row,
    example_of,
    load,
    training_rows,
    without_contexts,
)
from qa.training.groups import Example, Group
from qa.training.near_misses import NearMisses
from qa.training.news import News, conversation_groups, question_groups
from qa.training.perturbed import unanswerable

SHARES: Mapping[str, float] = {
    "news questions": 1.0,
    "news conversations": 1.0,
    "squad": 0.8,
    "squad_sentence": 0.1,
    "new_wiki": 0.2,
    "qed": 0.2,
    "reddit": 0.04,
    "amazon": 0.04,
    "qamr-wikinews": 0.01,
    "qamr-wikipedia": 0.01,
    "dev": 0.8,
    "perturbed": 0.04,
}
"""Share of each data set's questions that is trained on."""

_SEED = 1
_WITH_MISS = 0.4
"""Share of the answerable questions with a passage of another context."""


def mixture(data: Path, shares: Mapping[str, float] = SHARES) -> list[Group]:
    """Return the groups of all data sets, those of one after those of another.

    `data` holds news/ and reader/.
    """
    chance = random.Random(_SEED)  # noqa: S311
    with tempfile.TemporaryDirectory() as scratch:
        sets = {**_news(data / "news" / "train", Path(scratch)), **_rows(data / "reader", scratch)}
        taken = {name: list(make(shares[name], chance)) for name, make in sets.items()}
    for name, groups in taken.items():
        passages = sum(len(group.examples) for group in groups)
        print(f"{name}: {len(groups)} questions, {passages} passages", flush=True)
    return [group for groups in taken.values() for group in groups]


DataSet = Callable[[float, random.Random], Iterable[Group]]
"""Makes the groups of a share of its questions."""


def _news(folder: Path, scratch: Path) -> dict[str, DataSet]:
    news = News(folder)
    passages = [passage for article in news.passages.values() for passage in article]
    misses = NearMisses.over(passages, [each.text for each in passages], scratch / "news")
    return {
        "news questions": lambda share, chance: _sampled(
            question_groups(news, misses, chance), share, chance
        ),
        "news conversations": lambda share, chance: _sampled(
            conversation_groups(news, misses, chance), share, chance
        ),
    }


def _sampled(groups: Iterable[Group], share: float, chance: random.Random) -> Iterator[Group]:
    return (group for group in groups if chance.random() < share)


def _rows(folder: Path, scratch: str) -> dict[str, DataSet]:
    dev = load(folder / "dev.jsonl.gz")
    apart = [row for row in dev if row.title in MEASURED | CALIBRATED]
    files = ("train.jsonl.gz", "train-sentences.jsonl.gz")
    rows = [row for name in files for row in without_contexts(load(folder / name), apart)]
    trained = training_rows(dev)
    contexts = list(dict.fromkeys(row.context for row in (*rows, *trained)))
    misses = NearMisses.over(contexts, contexts, Path(scratch) / "contexts")
    of_source: dict[str, list[Row]] = {"dev": trained}
    for row in rows:
        of_source.setdefault(row.source, []).append(row)

    def answered(source: Sequence[Row]) -> DataSet:
        return lambda share, chance: (
            _group(row, misses, chance) for row in source if chance.random() < share
        )

    def perturbed(share: float, chance: random.Random) -> Iterator[Group]:
        return _perturbed([*of_source["squad"], *of_source["new_wiki"], *trained], share, chance)

    return {name: answered(source) for name, source in of_source.items()} | {"perturbed": perturbed}


def _group(row: Row, misses: NearMisses[str], chance: random.Random) -> Group:
    """Return the group of a question: a passage of its context, and perhaps one of another."""
    examples = [example_of(row)]
    if row.answers and chance.random() < _WITH_MISS:
        examples += _miss(row, misses, chance)
    return Group(row.question, tuple(examples))


def _miss(row: Row, misses: NearMisses[str], chance: random.Random) -> list[Example]:
    answers = [normalise_answer(answer.text) for answer in row.answers]
    found = [misses.passages[number] for number in misses.find(row.question)]
    missing = [
        context
        for context in found
        if context != row.context and not any(each in normalise_answer(context) for each in answers)
    ]
    return [Example(context, None) for context in chance.sample(missing, min(1, len(missing)))]


def _perturbed(rows: Iterable[Row], share: float, chance: random.Random) -> Iterator[Group]:
    """Yield questions changed so that their context no longer answers them."""
    for row in rows:
        if chance.random() >= share or not row.answers:
            continue
        texts = [answer.text for answer in row.answers]
        question = unanswerable(row.question, row.context, texts, chance)
        if question is not None:
            changed = msgspec.structs.replace(row, question=question, answers=())
            yield Group(question, (example_of(changed),))
