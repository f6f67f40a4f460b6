import gzip
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.articles import tokens
from index.articles.files import Contents, Root, read
from index.articles.parse import ReadArticle, read_article
from index.articles.passages import DEFAULT_SETTINGS, NoLimit
from index.articles.spans import Span
from qa.training.data import (
    CALIBRATED,
    MEASURED,
    Example,
    GoldAnswer,
    Kind,
    Row,
    examples_of,
    likeliest,
    load,
    passages_of,
    training_rows,
    without_contexts,
)
from tests.index.strategies import nasty_text
from tests.qa.training.rows import CONTEXT, PASSAGES, SENTENCES, row, write_rows

KIND = Kind.ENCYCLOPEDIC


def examples(*answers: str) -> list[Example]:
    return list(examples_of(row(CONTEXT, *answers), KIND))


def told(some: list[Example]) -> list[tuple[int, list[str], Kind]]:
    """Which passage, the answers in it, and of which kind."""
    return [
        (PASSAGES.index(one.passage), [at.of(one.passage) for at in one.answers], one.kind)
        for one in some
    ]


def test_rows_are_read_as_they_were_written(tmp_path: Path) -> None:
    rows = [row("Ée 😀 port", "port", title="Ports", source="qed"), row("No answer here.")]
    write_rows(tmp_path / "rows.gz", rows)
    assert load(tmp_path / "rows.gz") == rows
    # Places are in code points: É, e, a space, the face and a space come before it.
    assert rows[0].answers[0].span == Span(5, 9)


@pytest.mark.parametrize("start", [0, 4, 6, 500])
def test_a_row_whose_answer_is_not_where_it_should_be_is_left_out(
    tmp_path: Path, start: int
) -> None:
    good = row("The port is closed.", "port", "closed")
    astray = (GoldAnswer("The", 0), GoldAnswer("port ", start))
    bad = msgspec.structs.replace(good, answers=astray)
    write_rows(tmp_path / "rows.gz", [bad, good])
    # `port ` stands at 4 and nowhere else.
    assert load(tmp_path / "rows.gz") == ([bad, good] if start == 4 else [good])


def test_a_title_need_not_be_there_and_everything_else_must(tmp_path: Path) -> None:
    line = {"id": "1", "source": "qed", "context": "A port.", "question": "?", "answers": []}
    with gzip.open(tmp_path / "rows.gz", "wb") as lines:
        lines.write(msgspec.json.encode(line))
    assert load(tmp_path / "rows.gz") == [Row("1", "qed", "A port.", "?", (), "")]
    del line["question"]
    with gzip.open(tmp_path / "rows.gz", "wb") as lines:
        lines.write(msgspec.json.encode(line))
    with pytest.raises(msgspec.ValidationError, match="question"):
        load(tmp_path / "rows.gz")


@pytest.mark.parametrize(
    ("answers", "chosen"),
    [
        # Two people of three gave it, though it is longer.
        ([("in May", 3), ("May", 6), ("in May", 3)], ("in May", 3)),
        ([("in May", 3), ("May", 6)], ("May", 6)),
        ([("May", 9), ("May", 6), ("Mai", 6)], ("May", 6)),
        ([("a b", 0), ("c d", 4)], ("a b", 0)),
    ],
)
def test_the_answer_that_most_gave_is_learnt_then_the_shortest_then_the_first(
    answers: list[tuple[str, int]], chosen: tuple[str, int]
) -> None:
    assert likeliest(tuple(GoldAnswer(*one) for one in answers)) == GoldAnswer(*chosen)


def test_the_sentences_and_passages_are_as_they_are_said_to_be() -> None:
    assert {tokens.count(f" {one}") for one in SENTENCES} == {39}
    assert [at.of(CONTEXT) for at in passages_of(CONTEXT)] == list(PASSAGES)


def test_a_context_within_the_budget_is_one_passage_as_it_stands() -> None:
    context = f" {PASSAGES[0]}\n"
    assert tokens.count(context) <= DEFAULT_SETTINGS.budget
    assert passages_of(context) == [Span(0, len(context))]


@given(st.lists(st.sampled_from(SENTENCES) | nasty_text, max_size=14), st.sampled_from(" \n"))
def test_passages_cover_everything_in_order(parts: list[str], between: str) -> None:
    context = between.join(parts)
    places = passages_of(context)
    covered = {at for place in places for at in range(place.start, place.end)}
    assert all(char.isspace() for at, char in enumerate(context) if at not in covered)
    assert all(one.start < two.start and one.end < two.end for one, two in pairwise(places))
    assert all(tokens.count(one.of(context)) <= DEFAULT_SETTINGS.budget for one in places)


@given(st.lists(st.sampled_from(SENTENCES), min_size=5, max_size=20))
def test_passages_of_whole_sentences_keep_to_the_budget(parts: list[str]) -> None:
    context = " ".join(parts)
    for place in passages_of(context):
        passage = place.of(context)
        assert tokens.count(passage) <= DEFAULT_SETTINGS.budget
        assert passage.startswith("On day ")
        assert passage.endswith(" gone.")


def test_a_sentence_over_the_budget_is_cut() -> None:
    sentence = "The harbour " + "and the harbour " * 100 + "was closed."
    assert tokens.count(sentence) > 2 * DEFAULT_SETTINGS.budget
    places = passages_of(f"{SENTENCES[0]} {sentence}")
    assert len(places) > 2
    assert all(tokens.count(at.of(sentence)) <= DEFAULT_SETTINGS.budget for at in places)


def test_a_context_is_cut_as_the_index_cuts_an_article(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(CONTEXT, encoding="utf-8")
    contents = read(Root(str(tmp_path), str(tmp_path)), "a.txt")
    assert isinstance(contents, Contents)
    article = read_article(contents, DEFAULT_SETTINGS, NoLimit())
    assert isinstance(article, ReadArticle)
    assert [one.text for one in article.passages] == [at.of(CONTEXT) for at in passages_of(CONTEXT)]


def test_a_question_is_learnt_where_its_answer_stands_and_refused_elsewhere() -> None:
    assert told(examples("pilot 10")) == [
        (0, ["pilot 10"], KIND), (1, [], Kind.SIBLING), (2, [], Kind.SIBLING)
    ]  # fmt: skip


def test_an_answer_that_two_passages_share_is_learnt_in_both() -> None:
    assert told(examples("pilot 13")) == [
        (0, ["pilot 13"], KIND), (1, ["pilot 13"], KIND), (2, [], Kind.SIBLING)
    ]  # fmt: skip


def test_a_passage_with_the_answer_s_words_elsewhere_is_left_out() -> None:
    assert told(examples("Zeebrugge")) == [(0, ["Zeebrugge"], KIND)]
    # So is one with the words of an accepted answer that is not the one learnt.
    assert told(examples("pilot 10", "pilot 10", "pilot 15")) == [
        (0, ["pilot 10"], KIND), (2, [], Kind.SIBLING)
    ]  # fmt: skip


def test_an_answer_cut_in_two_keeps_its_context_whole() -> None:
    words = f"gone. {SENTENCES[3]} On day 14"
    (example,) = examples(words)
    assert (example.passage, example.kind) == (CONTEXT, KIND)
    assert [at.of(CONTEXT) for at in example.answers] == [words]


def test_an_unanswerable_question_is_refused_on_every_passage() -> None:
    assert told(examples()) == [(0, [], KIND), (1, [], KIND), (2, [], KIND)]


def test_the_question_comes_along() -> None:
    asked = row("The port is closed.", "port", question="What is closed?")
    assert list(examples_of(asked, Kind.SENTENCE)) == [
        Example("What is closed?", "The port is closed.", (Span(4, 8),), Kind.SENTENCE)
    ]


def test_articles_for_measuring_and_calibrating_are_never_trained_on() -> None:
    assert (len(MEASURED), len(CALIBRATED), MEASURED & CALIBRATED) == (4, 3, frozenset())
    kept = [row("A.", title="Ports"), row("B.")]
    apart = [row(f"About {title}.", title=title) for title in (*MEASURED, *CALIBRATED)]
    assert training_rows([kept[0], *apart, kept[1]]) == kept
    # Their contexts may come back in other data, under no title or another.
    again = [msgspec.structs.replace(one, title="", source="qed") for one in apart]
    assert without_contexts([*again, *kept], apart) == kept
    assert without_contexts(kept, []) == kept


WORDS = tuple(f"word{i}" for i in range(40))


def said(first: int, last: int) -> str:
    return " ".join(WORDS[first:last])


@pytest.mark.parametrize(
    ("context", "kept"),
    [
        (f"Before. {said(8, 20)} and after.", False),
        (f"Before. {said(8, 19)} and after.", True),
        # Twelve, of which no twelve in a row.
        (f"{said(0, 11)} and {said(11, 22)}", True),
        # Case and punctuation are none of the words.
        (f"Before. {said(0, 12).upper().replace(' ', ', ')}!", False),
        (f"{said(28, 40)} at the end", False),
        ("", True),
    ],
)
def test_a_context_that_shares_twelve_words_in_a_row_is_left_out(context: str, kept: bool) -> None:
    apart = [row(" ".join(WORDS), title="Normans"), row("Another.", title="Warsaw")]
    other = row("Something else altogether.")
    one = row(context)
    assert without_contexts([one, other], apart) == ([one, other] if kept else [other])


def test_a_context_of_fewer_words_is_left_out_where_all_of_it_stands_in_one_kept_apart() -> None:
    apart = [row("At night the port is closed.", title="Normans")]
    kept = [row("The port is closed now."), row("The port closed"), row("...")]
    left_out = [row("The PORT is closed"), row("port")]
    assert without_contexts([*left_out, *kept], apart) == kept
