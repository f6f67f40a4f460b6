"""Measure retrieval: `python -m eval.measure.retrieval DATA`.

DATA holds news/ and reader/dev.jsonl.gz. Development questions that stand alone are asked of the
articles of train and dev together, those of SQuAD dev of its contexts, with all rankings and with
one left out. Prints how often a passage that has an accepted answer is among the first k.
"""

import argparse
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from math import inf
from pathlib import Path
from statistics import fmean

from index.models.onnx_export import open_question_encoder
from index.storage.catalog import Catalog, StoredArticle, StoredPassage
from index.storage.scope import EVERYTHING
from index.storage.store import Store
from qa.ablation import Component
from qa.retrieval.retriever import Retriever
from qa.scope import dated
from qa.training.corpus import build_index, write_articles
from qa.training.data import load
from qa.training.news import News, Question

DEPTHS = (1, 5, 8, 20)
LEFT_OUT = (Component.DATES, Component.PARTS, Component.KEYWORDS, Component.VECTORS)
_EVERY = 4
"""Of the questions of SQuAD dev one in this many is asked."""


@dataclass(frozen=True, slots=True)
class Searched:
    """A question, and the passages of which one is to be found."""

    question: str
    gold: frozenset[int]
    """Ids; none if no passage has an entire answer."""


def main() -> None:
    """Build both indexes, search them and print the recall."""
    parser = argparse.ArgumentParser(prog="python -m eval.measure.retrieval", description=__doc__)
    parser.add_argument("data", type=Path, help="folder with news/ and reader/")
    parser.add_argument("--work", type=Path, default=Path("build/measure"), help="scratch folder")
    options = parser.parse_args()
    _measure_news(options.data / "news", options.work)
    _measure_squad(options.data / "reader" / "dev.jsonl.gz", options.work)


def _measure_news(folder: Path, work: Path) -> None:
    articles = work / "news"
    for part in ("train", "dev"):
        shutil.copytree(folder / part / "articles", articles / part, dirs_exist_ok=True)
    store = build_index(articles, work / "all-news-index", print)
    alone = [each for each in News(folder / "dev").questions if each.alone and each.answers]

    def gold(catalog: Catalog) -> Iterator[Searched]:
        by_name = _by_name(catalog)
        for asked in alone:
            path = folder / "dev" / "articles" / asked.article
            passages = catalog.passages_of(by_name[f"dev/{asked.article}"])
            yield Searched(asked.question, _having(passages, asked, path.read_bytes().decode()))

    _report("development news", store, work, gold)


def _having(passages: Sequence[StoredPassage], asked: Question, text: str) -> frozenset[int]:
    spans = [
        (len(text[: answer.start].encode()), len(text[: answer.span.end].encode()))
        for answer in asked.answers
    ]
    return frozenset(
        stored.id
        for stored in passages
        if any(
            stored.passage.byte_start <= start and stop <= stored.passage.byte_end
            for start, stop in spans
        )
    )


def _measure_squad(path: Path, work: Path) -> None:
    rows = [row for row in load(path) if row.answers][::_EVERY]
    locations = write_articles(load(path), work / "contexts")
    store = build_index(work / "contexts", work / "contexts-index", print)

    def gold(catalog: Catalog) -> Iterator[Searched]:
        by_name = _by_name(catalog)
        for row in rows:
            location = locations[row.context]
            found = [
                stored.id
                for stored in catalog.passages_of(by_name[location.article])
                if stored.passage.line <= location.line <= stored.passage.end_line
                and any(answer.text in stored.passage.text for answer in row.answers)
            ]
            yield Searched(row.question, frozenset(found))

    _report("SQuAD dev", store, work, gold)


def _by_name(catalog: Catalog) -> dict[str, StoredArticle]:
    return {article.found.relative: article for article in catalog.articles()}


def _report(
    name: str, store: Store, work: Path, gold: Callable[[Catalog], Iterable[Searched]]
) -> None:
    """Print the recall of all rankings together, then without each."""
    with closing(store.open()) as index:
        generation = index.generation
        model = generation.manifest.model
        encoder = open_question_encoder(model.name, model.fingerprint, work / "models", print)
        every = [each for each in gold(generation.catalog) if each.gold]
        print(f"{name}: {len(every)} questions, recall@{'/'.join(map(str, DEPTHS))}")
        for left_out in (None, *LEFT_OUT):
            without = frozenset(filter(None, [left_out]))
            shares = _recall(Retriever(generation, encoder, without), every)
            label = f"without {left_out}" if left_out else "all rankings"
            print(f"  {label}: {' / '.join(f'{100 * share:.1f}' for share in shares)}", flush=True)


def _recall(retriever: Retriever, every: Sequence[Searched]) -> list[float]:
    ranks = [_rank(_searched(retriever, each.question), each.gold) for each in every]
    return [fmean(rank < depth for rank in ranks) for depth in DEPTHS]


def _searched(retriever: Retriever, question: str) -> Sequence[int]:
    has_dates = Component.DATES not in retriever.without
    days = dated(retriever.generation.catalog, EVERYTHING, question) if has_dates else None
    return retriever.search(question, of_its_days=days).fused


def _rank(found: Sequence[int], gold: frozenset[int]) -> float:
    """Return the rank, from 0, of the first gold passage; infinite if none is found."""
    return next((rank for rank, passage in enumerate(found) if passage in gold), inf)


if __name__ == "__main__":
    main()
