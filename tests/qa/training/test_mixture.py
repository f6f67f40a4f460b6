"""The mixture of all data sets, from a few rows of each."""

from pathlib import Path

import msgspec

from qa.training.mixture import SHARES, mixture
from tests.qa.training.rows import CONTEXT, row, write_rows
from tests.qa.training.test_news import FIRST, gold, question

ALL = dict.fromkeys(SHARES, 1.0)


def write_data(folder: Path) -> None:
    news, reader = folder / "news" / "train", folder / "reader"
    (news / "articles").mkdir(parents=True)
    reader.mkdir()
    (news / "articles" / "first.txt").write_text(FIRST, encoding="utf-8")
    turns = [{"question": "one?", "answers": gold("pilot 10")}]
    talk = {"id": "1", "article": "first.txt", "turns": turns}
    (news / "questions.jsonl").write_bytes(msgspec.json.encode(question("who?", "pilot 10")))
    (news / "conversations.jsonl").write_bytes(msgspec.json.encode(talk))
    sources = [name for name in SHARES if not name.startswith(("news", "dev", "perturbed"))]
    rows = [
        row(f"The {name} mill was built in 1901 by Jan Novak.", "Jan Novak", source=name,
            question=f"Who built the first {name} mill before 1905?")
        for name in sources
    ]  # fmt: skip
    write_rows(reader / "train.jsonl.gz", rows)
    write_rows(reader / "train-sentences.jsonl.gz", [])
    apart = row("Normans came from the north.", "the north", title="Normans")
    write_rows(reader / "dev.jsonl.gz", [row(CONTEXT, "pilot 10", title="Old_ports"), apart])


def test_every_data_set_is_taken_and_articles_for_measuring_are_not(tmp_path: Path) -> None:
    write_data(tmp_path)
    made = mixture(tmp_path, ALL)
    asked = [group.question for group in made]
    assert {"who?", "one?", "Who?"} <= set(asked)
    for name in ("squad", "qed", "reddit", "amazon", "new_wiki", "qamr-wikinews"):
        assert sum(f" {name} mill" in question for question in asked) >= 1, name
    contexts = {example.passage for group in made for example in group.examples}
    assert not any("Normans" in context for context in contexts)
    titles = {example.context for group in made for example in group.examples}
    assert "Old ports" in titles


def test_a_share_of_zero_leaves_a_data_set_out(tmp_path: Path) -> None:
    write_data(tmp_path)
    none = ALL | {"squad": 0.0, "perturbed": 0.0, "news questions": 0.0}
    asked = [group.question for group in mixture(tmp_path, none)]
    assert "who?" not in asked
    assert not any(" squad mill" in question for question in asked)


def test_the_same_data_makes_the_same_mixture(tmp_path: Path) -> None:
    write_data(tmp_path)
    assert mixture(tmp_path) == mixture(tmp_path)
