"""Other programs can read an exported run."""

import json
from pathlib import Path
from typing import Any

import pytest

from eval.outcomes import Outcome
from eval.runs.examine import Examiner
from eval.runs.export import write_predictions
from eval.runs.gold_passages import GoldPassages
from eval.runs.results import results_of
from eval.sets.gold_quotes import GoldQuotes
from eval.sets.question_set import Gold, Question
from tests.eval.outcomes import outcome, unanswerable
from tests.eval.squad_scorer import scores
from tests.qa.fakes import Library, MarkingReader

TEXT = "The treaty, a short one, was signed in Prague by the Czech minister Karel Schwarzenberg."
MARKED = (
    "Karel Schwarzenberg", "the Czech minister Karel Schwarzenberg", "Prague", "The", "treaty,",
    "was signed in Prague", "not there",
)  # fmt: skip
ACCEPTED: tuple[list[str], ...] = (
    ["Karel Schwarzenberg"],
    ["Czech minister", "Schwarzenberg."],
    ["the"],
    ["the", "Prague"],
    ["a treaty"],
    [],
)


def test_exact_match_and_f1_match_an_independent_scorer(tmp_path: Path) -> None:
    library = Library(tmp_path)
    library.write("radar.txt", TEXT)
    library.index()
    outcomes = list[Outcome]()
    qas = list[dict[str, Any]]()
    for marked in MARKED:
        with library.bot(0.5, MarkingReader(marked)) as bot:
            bases = (library.news,)
            gold_passages = GoldPassages(bot.index.generation.catalog, bases)
            examiner = Examiner(bot, gold_passages, GoldQuotes(bases))
            for accepted in ACCEPTED:
                name = f"q{len(outcomes)}"
                gold = [Gold("radar.txt", 1, accepted)] if accepted else []
                outcomes.append(examiner.ask(Question(id=name, question="Who?", gold=gold)))
                qas.append({"id": name, "answers": [{"text": one} for one in accepted]})
    file = tmp_path / "replies.json"
    write_predictions(file, outcomes)
    dataset = {"data": [{"paragraphs": [{"qas": qas}]}]}
    theirs = scores(dataset, json.loads(file.read_text(encoding="ascii")))
    ours = {one.name: 100 * one.value for one in results_of(outcomes).figures}
    assert ours["exact"] == pytest.approx(theirs["exact"], abs=1e-10)
    assert ours["f1"] == pytest.approx(theirs["f1"], abs=1e-10)
    assert 0 < ours["exact"] < ours["f1"] < 100


def test_a_refusal_is_an_empty_reply_and_na_prob_is_one_minus_confidence(tmp_path: Path) -> None:
    file = tmp_path / "replies.json"
    probabilities = write_predictions(
        file, [outcome("a"), unanswerable("b"), unanswerable("c", answers=())]
    )
    assert json.loads(file.read_text(encoding="ascii")) == {"a": "Prague", "b": "", "c": ""}
    written = json.loads(probabilities.read_text(encoding="ascii"))
    assert written == pytest.approx({"a": 0.2, "b": 0.9, "c": 1.0})
