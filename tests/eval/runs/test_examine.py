"""Questions asked of a small library, each failing as it was made to."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from eval.outcomes import Cause, Found, Kind, Outcome
from eval.runs.examine import Examiner
from eval.runs.gold_passages import GoldPassages, GoldPlace, found_in
from eval.sets.gold_quotes import GoldQuotes
from eval.sets.highlight import Mark, Marked
from eval.sets.question_set import Gold, Question
from qa.reader.protocol import Reader
from tests.qa.fakes import Library, MarkingReader

RADAR = "# Radar\n\nThe treaty was signed in Prague.\n\nProtesters stood outside the palace."


@pytest.fixture(name="library")
def radar(tmp_path: Path) -> Library:
    library = Library(tmp_path)
    library.write("radar.txt", RADAR)
    library.write("mill.txt", "The mill was sold in May. Prague had nothing to do with it.")
    library.index()
    return library


def question(*gold: Gold, asked: str = "Where was the treaty signed?", name: str = "q") -> Question:
    return Question(id=name, question=asked, gold=list(gold))


PRAGUE = Gold("radar.txt", 3, ["Prague"])


@contextmanager
def examiner(library: Library, reader: Reader, threshold: float = 0.5) -> Iterator[Examiner]:
    with library.bot(threshold, reader) as bot:
        bases = (library.news,)
        gold = GoldPassages(bot.index.generation.catalog, bases)
        yield Examiner(bot, gold, GoldQuotes(bases))


def ask(
    library: Library, asked: Question, marked: str = "Prague", threshold: float = 0.5
) -> Outcome:
    with examiner(library, MarkingReader(marked), threshold) as one:
        return one.ask(asked)


def test_a_right_answer_from_its_line_is_right(library: Library) -> None:
    told = ask(library, question(PRAGUE))
    assert (told.kind, told.answered, told.cause) == (Kind.ANSWERABLE, True, Cause.NONE)
    assert (told.exact, told.f1, told.reply, told.reason) == (1, 1, "Prague", "")
    best = told.given[0]
    assert (best.line, best.is_line_right, best.is_right) == (3, True, True)
    assert best.quote == "The treaty was signed in Prague."
    # Code points 25 to 31 of it, in gold and in the answer alike.
    quoted = Marked("The treaty was signed in Prague.", (Mark(25, 31),))
    assert (best.marked, told.gold_quotes) == (quoted, (quoted,))
    assert told.rankings.fused
    assert told.rankings.read
    spent = told.milliseconds
    assert spent.total >= spent.read + spent.cite > 0


def test_gold_that_is_not_indexed_is_told(library: Library) -> None:
    (library.news / "late.txt").write_text("The treaty was signed in Brno.", encoding="utf-8")
    told = ask(library, question(Gold("late.txt", 1, ["Brno"])))
    assert (told.cause, told.is_indexed) == (Cause.NOT_INDEXED, False)


def test_gold_that_ranks_nowhere_is_not_retrieved(library: Library) -> None:
    for i in range(60):
        library.write(f"more/{i}.txt", f"Where was the treaty signed number {i}? Warsaw says so.")
    library.index()
    told = ask(library, question(Gold("mill.txt", 1, ["May"])), "Warsaw")
    assert (told.cause, told.is_indexed) == (Cause.NOT_RETRIEVED, True)


def test_gold_that_ranks_behind_what_is_read_is_not_read(library: Library) -> None:
    for i in range(20):
        library.write(f"more/{i}.txt", f"Where was the treaty signed number {i}? Warsaw says so.")
    library.index()
    told = ask(library, question(Gold("mill.txt", 1, ["May"])), "Warsaw")
    assert told.cause is Cause.NOT_READ
    assert told.rankings.fused[0].rank > 8


def test_gold_that_was_read_and_lost_to_another_is_outranked(library: Library) -> None:
    told = ask(library, question(Gold("mill.txt", 1, ["May"])), "treaty")
    assert told.cause is Cause.OUTRANKED


def test_other_words_of_the_gold_line_are_a_wrong_span(library: Library) -> None:
    assert ask(library, question(PRAGUE), "treaty").cause is Cause.WRONG_SPAN


def test_the_right_words_from_elsewhere_are_a_wrong_line(library: Library) -> None:
    told = ask(library, question(Gold("radar.txt", 5, ["Prague"])))
    assert told.cause is Cause.WRONG_LINE
    assert told.exact == 1


def test_the_right_answer_under_the_threshold_should_have_been_given(library: Library) -> None:
    told = ask(library, question(PRAGUE), threshold=1.0)
    assert (told.cause, told.reason) == (Cause.SHOULD_HAVE_ANSWERED, "unsure")
    assert (told.exact, told.f1, told.reply) == (0, 0, "")
    assert told.given[0].exact


def test_a_question_without_an_answer_should_be_refused(library: Library) -> None:
    told = ask(library, question())
    assert (told.kind, told.cause, told.f1) == (Kind.UNANSWERABLE, Cause.SHOULD_HAVE_ABSTAINED, 0)
    told = ask(library, question(), "nowhere in them")
    assert (told.cause, told.exact, told.f1, told.given) == (Cause.NONE, 1, 1, ())


def test_an_article_that_changed_since_it_was_indexed_is_stale(library: Library) -> None:
    library.write("radar.txt", "# Radar\n\nNothing was signed.")
    library.write("mill.txt", "The mill was sold in May.")
    assert ask(library, question(PRAGUE)).cause is Cause.STALE


def test_an_answer_marked_wrong_is_not_to_be_given_again(library: Library) -> None:
    marked = Question(
        id="m", question="Where was it?", gold=[], rejected=[PRAGUE], is_gold_known=False
    )
    told = ask(library, marked)
    assert (told.kind, told.cause, told.is_scored) == (Kind.MARKED, Cause.MARKED_WRONG, False)
    assert ask(library, marked, "palace").cause is Cause.NONE


def test_a_place_without_words_is_right_where_its_line_is_cited(library: Library) -> None:
    place = question(Gold("radar.txt", 3, []))
    told = ask(library, place)
    assert (told.kind, told.cause) == (Kind.PLACE, Cause.NONE)
    assert ask(library, place, "Protesters").cause is Cause.OUTRANKED


def test_a_follow_up_is_asked_after_its_history(library: Library) -> None:
    follow_up = Question(
        id="f",
        question="Where did he sign it?",
        history=["Who is Karel Schwarzenberg?"],
        gold=[PRAGUE],
    )
    assert "Schwarzenberg" in ask(library, follow_up).asked


def test_gold_places_that_one_passage_covers_are_one(library: Library) -> None:
    with examiner(library, MarkingReader("x")) as one:
        gold = [PRAGUE, Gold("radar.txt", 5, ["palace"], grade=2), Gold("mill.txt", 1, ["May"])]
        both, mill = one.gold.places(gold)
    assert both.grade == 2
    assert len(both.passages) == 1
    assert both.passages.isdisjoint(mill.passages)


def test_an_absolute_path_names_the_same_gold(library: Library) -> None:
    absolute = Gold(str(library.news / "radar.txt"), 3, ["Prague"])
    assert ask(library, question(absolute)).cause is Cause.NONE


def test_a_place_is_found_at_its_best_passage() -> None:
    places = [GoldPlace(frozenset({4, 7}), 1), GoldPlace(frozenset({9}), 1)]
    assert found_in([[1], [7], [9], [4]], places) == (Found(2, 0), Found(3, 1))
    assert found_in([[1, 9], [7]], places) == (Found(1, 1), Found(2, 0))
    assert found_in([], places) == ()


def test_of_the_passages_on_one_long_line_only_those_with_the_answer_are_gold(
    library: Library,
) -> None:
    sentences = [f"Sentence number {i} tells of nothing that matters here." for i in range(60)]
    library.write("long.txt", " ".join([*sentences[:30], "It ended in Brno.", *sentences[30:]]))
    library.index()
    with examiner(library, MarkingReader("x")) as one:
        (brno,) = one.gold.places([Gold("long.txt", 1, ["Brno"])])
        (line,) = one.gold.places([Gold("long.txt", 1, [])])
    assert 0 < len(brno.passages) <= 2 < len(line.passages)
    assert brno.passages < line.passages
