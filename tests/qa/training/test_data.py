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
    GoldAnswer,
    Row,
    example_of,
    likeliest,
    load,
    passages_of,
    training_rows,
    without_contexts,
)
from qa.training.groups import Example
from tests.index.strategies import nasty_text
from tests.qa.training.rows import CONTEXT, PASSAGES, SENTENCES, row, write_rows


def learnt(*answers: str) -> tuple[str, str]:
    """Return the passage and the words learnt of a question with these answers."""
    example = example_of(row(CONTEXT, *answers))
    return example.passage, example.answer.of(example.passage) if example.answer else ""


def test_rows_are_read_as_written(tmp_path: Path) -> None:
    rows = [row("Ée 😀 port", "port", title="Ports", source="qed"), row("No answer here.")]
    write_rows(tmp_path / "rows.gz", rows)
    assert load(tmp_path / "rows.gz") == rows
    # In code points: É, e, a space, the face and a space come before it.
    assert rows[0].answers[0].span == Span(5, 9)


@pytest.mark.parametrize("start", [0, 4, 6, 500])
def test_a_row_whose_answer_is_not_at_its_offset_is_left_out(tmp_path: Path, start: int) -> None:
    good = row("The port is closed.", "port", "closed")
    astray = (GoldAnswer("The", 0), GoldAnswer("port ", start))
    bad = msgspec.structs.replace(good, answers=astray)
    write_rows(tmp_path / "rows.gz", [bad, good])
    # `port ` is at 4 and nowhere else.
    assert load(tmp_path / "rows.gz") == ([bad, good] if start == 4 else [good])


def test_only_the_title_is_optional(tmp_path: Path) -> None:
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


def test_the_sentences_have_39_tokens_and_make_the_passages() -> None:
    assert {tokens.count(f" {one}") for one in SENTENCES} == {39}
    assert [at.of(CONTEXT) for at in passages_of(CONTEXT)] == list(PASSAGES)


def test_a_context_within_the_budget_is_one_passage_unchanged() -> None:
    context = f" {PASSAGES[0]}\n"
    assert tokens.count(context) <= DEFAULT_SETTINGS.budget
    assert passages_of(context) == [Span(0, len(context))]


@given(st.lists(st.sampled_from(SENTENCES) | nasty_text, max_size=14), st.sampled_from(" \n"))
def test_passages_cover_everything_in_order(parts: list[str], between: str) -> None:
    context = between.join(parts)
    passages = passages_of(context)
    covered = {at for span in passages for at in range(span.start, span.end)}
    assert all(char.isspace() for at, char in enumerate(context) if at not in covered)
    assert all(one.start < two.start and one.end < two.end for one, two in pairwise(passages))
    read = [" ".join(one.of(context).split()) for one in passages]
    assert all(tokens.count(text) <= DEFAULT_SETTINGS.budget for text in read)


@given(st.lists(st.sampled_from(SENTENCES), min_size=5, max_size=20))
def test_passages_of_full_sentences_stay_within_the_budget(parts: list[str]) -> None:
    context = " ".join(parts)
    for span in passages_of(context):
        passage = span.of(context)
        assert tokens.count(passage) <= DEFAULT_SETTINGS.budget
        assert passage.startswith("On day ")
        assert passage.endswith(" gone.")


def test_a_sentence_over_the_budget_is_cut() -> None:
    sentence = "The harbour " + "and the harbour " * 100 + "was closed."
    assert tokens.count(sentence) > 2 * DEFAULT_SETTINGS.budget
    passages = passages_of(f"{SENTENCES[0]} {sentence}")
    assert len(passages) > 2
    assert all(tokens.count(at.of(sentence)) <= DEFAULT_SETTINGS.budget for at in passages)


def test_a_context_is_cut_as_the_index_cuts_an_article(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(CONTEXT, encoding="utf-8")
    contents = read(Root(str(tmp_path), str(tmp_path)), "a.txt")
    assert isinstance(contents, Contents)
    article = read_article(contents, DEFAULT_SETTINGS, NoLimit())
    assert isinstance(article, ReadArticle)
    assert [one.text for one in article.passages] == [at.of(CONTEXT) for at in passages_of(CONTEXT)]


def test_an_answer_is_learnt_in_the_first_passage_that_has_it() -> None:
    assert learnt("pilot 10") == (PASSAGES[0], "pilot 10")
    assert learnt("pilot 13") == (PASSAGES[0], "pilot 13")
    assert learnt("pilot 17") == (PASSAGES[2], "pilot 17")


def test_the_context_of_an_answer_cut_in_two_stays_in_one_piece() -> None:
    words = f"gone. {SENTENCES[3]} On day 14"
    assert learnt(words) == (CONTEXT, words)


def test_an_unanswerable_question_is_learnt_on_the_first_passage() -> None:
    assert learnt() == (PASSAGES[0], "")


def test_an_example_is_read_under_the_title_of_its_article() -> None:
    asked = row("The port is closed.", "port", title="Old_ports")
    assert example_of(asked) == Example("The port is closed.", Span(4, 8), "Old ports")


def test_articles_for_measuring_and_calibrating_are_never_trained_on() -> None:
    assert (len(MEASURED), len(CALIBRATED), MEASURED & CALIBRATED) == (4, 3, frozenset())
    kept = [row("A.", title="Ports"), row("B.")]
    apart = [row(f"About {title}.", title=title) for title in (*MEASURED, *CALIBRATED)]
    assert training_rows([kept[0], *apart, kept[1]]) == kept
    # Their contexts may be in other data too, without a title or under another.
    again = [msgspec.structs.replace(one, title="", source="qed") for one in apart]
    assert without_contexts([*again, *kept], apart) == kept
    assert without_contexts(kept, []) == kept


WORDS = tuple(f"word{i}" for i in range(40))


def words(first: int, last: int) -> str:
    return " ".join(WORDS[first:last])


@pytest.mark.parametrize(
    ("context", "kept"),
    [
        (f"Before. {words(8, 20)} and after.", False),
        (f"Before. {words(8, 19)} and after.", True),
        # 22 shared words, of which no twelve are consecutive.
        (f"{words(0, 11)} and {words(11, 22)}", True),
        # Case and punctuation do not count.
        (f"Before. {words(0, 12).upper().replace(' ', ', ')}!", False),
        (f"{words(28, 40)} at the end", False),
        ("", True),
    ],
)
def test_a_context_that_shares_twelve_consecutive_words_is_left_out(
    context: str, kept: bool
) -> None:
    apart = [row(" ".join(WORDS), title="Normans"), row("Another.", title="Warsaw")]
    other = row("Something else altogether.")
    one = row(context)
    assert without_contexts([one, other], apart) == ([one, other] if kept else [other])


def test_a_shorter_context_is_left_out_if_all_of_it_is_in_one_kept_apart() -> None:
    apart = [row("At night the port is closed.", title="Normans")]
    kept = [row("The port is closed now."), row("The port closed"), row("...")]
    left_out = [row("The PORT is closed"), row("port")]
    assert without_contexts([*left_out, *kept], apart) == kept
