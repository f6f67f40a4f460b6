"""Questions about a small library, each failing for a known cause."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from eval.outcomes import Cause, GoldRank, Kind, Outcome
from eval.runs.examine import Examiner
from eval.runs.gold_passages import GoldPassages, IndexedGold, ranks_in
from eval.sets.gold_quotes import GoldQuotes
from eval.sets.highlight import Mark, MarkedText
from eval.sets.question_set import Gold, Question
from index.errors import BadRequest
from index.storage.scope import Scope
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


def question(*gold: Gold, text: str = "Where was the treaty signed?", name: str = "q") -> Question:
    return Question(id=name, question=text, gold=list(gold))


PRAGUE = Gold("radar.txt", 3, ["Prague"])


@contextmanager
def examiner(library: Library, reader: Reader, threshold: float = 0.5) -> Iterator[Examiner]:
    with library.bot(threshold, reader) as bot:
        bases = (library.news,)
        gold = GoldPassages(bot.index.generation.catalog, bases)
        yield Examiner(bot, gold, GoldQuotes(bases))


def ask(
    library: Library, item: Question, marked: str = "Prague", threshold: float = 0.5
) -> Outcome:
    with examiner(library, MarkingReader(marked), threshold) as one:
        return one.ask(item)


def test_a_right_answer_from_its_line_is_right(library: Library) -> None:
    result = ask(library, question(PRAGUE))
    assert (result.kind, result.answered, result.cause) == (Kind.ANSWERABLE, True, Cause.NONE)
    assert (result.exact, result.f1, result.reply, result.reason) == (1, 1, "Prague", "")
    best = result.answers[0]
    assert (best.line, best.is_line_right, best.is_right) == (3, True, True)
    assert best.quote == "The treaty was signed in Prague."
    # Code points 25 to 31, in gold and in the answer.
    quoted = MarkedText("The treaty was signed in Prague.", (Mark(25, 31),))
    assert (best.marked_quote, result.gold_quotes) == (quoted, (quoted,))
    assert result.rankings.fused
    assert result.rankings.read
    spent = result.milliseconds
    assert spent.total >= spent.read + spent.cite > 0


def test_gold_in_a_file_that_is_not_indexed_is_not_indexed(library: Library) -> None:
    (library.news / "late.txt").write_text("The treaty was signed in Brno.", encoding="utf-8")
    result = ask(library, question(Gold("late.txt", 1, ["Brno"])))
    assert (result.cause, result.is_indexed) == (Cause.NOT_INDEXED, False)


def test_gold_without_a_rank_is_not_retrieved(library: Library) -> None:
    for i in range(60):
        library.write(f"more/{i}.txt", f"Where was the treaty signed number {i}? Warsaw says so.")
    library.index()
    result = ask(library, question(Gold("mill.txt", 1, ["May"])), "Warsaw")
    assert (result.cause, result.is_indexed) == (Cause.NOT_RETRIEVED, True)


def test_gold_below_the_passages_read_is_not_read(library: Library) -> None:
    for i in range(20):
        library.write(f"more/{i}.txt", f"Where was the treaty signed number {i}? Warsaw says so.")
    library.index()
    result = ask(library, question(Gold("mill.txt", 1, ["May"])), "Warsaw")
    assert result.cause is Cause.NOT_READ
    assert result.rankings.fused[0].rank > 8


def test_gold_that_lost_to_another_passage_is_outranked(library: Library) -> None:
    result = ask(library, question(Gold("mill.txt", 1, ["May"])), "treaty")
    assert result.cause is Cause.OUTRANKED


def test_other_words_of_the_gold_line_are_a_wrong_span(library: Library) -> None:
    assert ask(library, question(PRAGUE), "treaty").cause is Cause.WRONG_SPAN


def test_the_right_words_from_elsewhere_are_a_wrong_line(library: Library) -> None:
    result = ask(library, question(Gold("radar.txt", 5, ["Prague"])))
    assert result.cause is Cause.WRONG_LINE
    assert result.exact == 1


def test_a_right_answer_below_the_threshold_should_have_answered(library: Library) -> None:
    result = ask(library, question(PRAGUE), threshold=1.0)
    assert (result.cause, result.reason) == (Cause.SHOULD_HAVE_ANSWERED, "unsure")
    assert (result.exact, result.f1, result.reply) == (0, 0, "")
    assert result.answers[0].exact


def test_an_unanswerable_question_should_be_refused(library: Library) -> None:
    result = ask(library, question())
    assert (result.kind, result.cause, result.f1) == (
        Kind.UNANSWERABLE,
        Cause.SHOULD_HAVE_ABSTAINED,
        0,
    )
    result = ask(library, question(), "nowhere in them")
    assert (result.cause, result.exact, result.f1, result.answers) == (Cause.NONE, 1, 1, ())


def test_an_article_changed_since_indexing_is_stale(library: Library) -> None:
    library.write("radar.txt", "# Radar\n\nNothing was signed.")
    library.write("mill.txt", "The mill was sold in May.")
    assert ask(library, question(PRAGUE)).cause is Cause.STALE


def test_a_rejected_answer_should_not_be_repeated(library: Library) -> None:
    marked = Question(
        id="m", question="Where was it?", gold=[], rejected=[PRAGUE], is_gold_known=False
    )
    result = ask(library, marked)
    assert (result.kind, result.cause, result.is_scored) == (Kind.REJECTED, Cause.REPEATED, False)
    assert ask(library, marked, "palace").cause is Cause.NONE


def test_a_reference_without_answers_is_right_if_its_line_is_cited(library: Library) -> None:
    location = question(Gold("radar.txt", 3, []))
    result = ask(library, location)
    assert (result.kind, result.cause) == (Kind.LOCATION, Cause.NONE)
    assert ask(library, location, "Protesters").cause is Cause.OUTRANKED


def test_a_follow_up_is_asked_after_its_history(library: Library) -> None:
    follow_up = Question(
        id="f",
        question="Where did he sign it?",
        history=["Who is Karel Schwarzenberg?"],
        gold=[PRAGUE],
    )
    assert "Schwarzenberg" in ask(library, follow_up).searched_question


def test_a_question_can_be_limited_to_articles_of_its_own(library: Library) -> None:
    limited = Question(id="q", question="Where was it signed?", gold=[PRAGUE], within=["mill.txt"])
    with examiner(library, MarkingReader("Prague")) as one:
        for asked in (one, replace(one, scope=Scope((str(library.news / "radar.txt"),)))):
            result = asked.ask(limited)
            assert {answer.path for answer in result.answers} == {str(library.news / "mill.txt")}
            assert result.within == ("mill.txt",)
        one.require_indexed([limited, msgspec.structs.replace(limited, within=["."])])
        missing = msgspec.structs.replace(limited, within=["mill.txt", "late.txt"])
        with pytest.raises(BadRequest, match=r"question q: .* late\.txt"):
            one.require_indexed([limited, missing])


def test_an_answer_of_several_lines_is_on_each_gold_line_that_it_covers(library: Library) -> None:
    library.write("radar.txt", "# Radar\n\nThe treaty was\nsigned in Prague.\n\nIt rained.")
    library.index()
    covered = [("radar.txt", 3, 0), ("radar.txt", 4, 0), ("radar.txt", 4, 9)]
    elsewhere = [("radar.txt", 1, 2), ("radar.txt", 5, 0), ("mill.txt", 3, 0)]
    with examiner(library, MarkingReader("treaty was\nsigned")) as one:
        for path, line, end_line in (*covered, *elsewhere):
            best = one.ask(question(Gold(path, line, ["x"], end_line))).answers[0]
            assert (best.text, best.line) == ("treaty was\nsigned", 3)
            assert best.is_line_right is ((path, line, end_line) in covered)


def test_references_covered_by_one_passage_are_merged(library: Library) -> None:
    with examiner(library, MarkingReader("x")) as one:
        gold = [PRAGUE, Gold("radar.txt", 5, ["palace"], grade=2), Gold("mill.txt", 1, ["May"])]
        both, mill = one.gold.find(gold)
    assert both.grade == 2
    assert len(both.passages) == 1
    assert both.passages.isdisjoint(mill.passages)


def test_an_absolute_path_finds_the_same_gold(library: Library) -> None:
    absolute = Gold(str(library.news / "radar.txt"), 3, ["Prague"])
    assert ask(library, question(absolute)).cause is Cause.NONE


def test_a_reference_has_the_rank_of_its_best_passage() -> None:
    gold = [IndexedGold(frozenset({4, 7}), 1), IndexedGold(frozenset({9}), 1)]
    assert ranks_in([[1], [7], [9], [4]], gold) == (GoldRank(2, 0), GoldRank(3, 1))
    assert ranks_in([[1, 9], [7]], gold) == (GoldRank(1, 1), GoldRank(2, 0))
    assert ranks_in([], gold) == ()


def test_of_the_passages_on_a_long_line_only_those_with_the_answer_are_gold(
    library: Library,
) -> None:
    sentences = [f"Sentence number {i} is about something else." for i in range(60)]
    library.write("long.txt", " ".join([*sentences[:30], "It ended in Brno.", *sentences[30:]]))
    library.index()
    with examiner(library, MarkingReader("x")) as one:
        (brno,) = one.gold.find([Gold("long.txt", 1, ["Brno"])])
        (line,) = one.gold.find([Gold("long.txt", 1, [])])
    assert 0 < len(brno.passages) <= 2 < len(line.passages)
    assert brno.passages < line.passages
