from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from index.articles.bundled import bundled_articles
from index.articles.passages import Passage
from index.errors import BadRequest
from index.storage.scope import Scope
from qa.answering.second_reading import SecondReader
from qa.answers import (
    MAX_QUESTION_LENGTH,
    Answered,
    Citation,
    NoAnswer,
    Reason,
    Reply,
    State,
    Status,
)
from qa.bot import PASSAGES_READ, Bot
from qa.conversation import Exchange
from qa.reader.protocol import Candidate
from tests.qa.fakes import CALIBRATION, Library, MarkingReader, SentenceReader

PORT = "the port is closed. Nobody has the money to dig it out."
ASKED = "the port is closed."
"""A question in the words of a sentence: the fake encoder and reader are sure of that sentence."""
DOUBTED = "port is shut"
"""It shares two of all five words with that sentence: a margin of 0.8, and 0.69 sure."""


def ask(
    library: Library, question: str, threshold: float = 0.5, limit: int = 3, *scope: str
) -> Reply:
    with library.bot(threshold) as bot:
        return bot.ask(question, limit, Scope(scope))


@pytest.fixture
def port(library: Library) -> Path:
    path = library.write("port.txt", PORT)
    library.write("mill.txt", "The mill was sold in May. It is very old.")
    library.index()
    return path


def test_a_misspelt_word_is_searched_as_the_articles_spell_it(library: Library, port: Path) -> None:
    reply = ask(library, "port is closd.", threshold=0.75)
    assert isinstance(reply, Answered)
    assert (reply.question, reply.asked) == ("port is closd.", "port is closed.")
    assert (reply.state, reply.answers[0].text) == (State.ANSWER, ASKED)
    assert reply.unmentioned == ()


def test_a_spelling_that_answers_no_better_changes_nothing(library: Library, port: Path) -> None:
    reply = ask(library, "was a zebra fotnd in Peru?")
    assert isinstance(reply, NoAnswer)
    assert reply.asked == reply.question
    reply = ask(library, "was a zebra closd in Peru?")
    assert isinstance(reply, NoAnswer)
    assert reply.asked == reply.question
    assert [(one.words, one.suggestion) for one in reply.unmentioned] == [
        ("zebra closd", "zebra closed"), ("Peru", None)
    ]  # fmt: skip


def test_an_answer_is_quoted_with_its_location(library: Library, port: Path) -> None:
    reply = ask(library, ASKED)
    assert isinstance(reply, Answered)
    best = reply.answers[0]
    assert (best.text, best.quote) == (ASKED, ASKED)
    citation = best.citations[0]
    assert (citation.path, citation.status) == (str(port), Status.UNCHANGED)
    assert (citation.answer.line, citation.answer.column) == (1, 1)
    assert (citation.answer.end_line, citation.answer.end_column) == (1, 19)
    assert all(0.5 <= answer.confidence <= 1 for answer in reply.answers)
    spent = reply.milliseconds
    assert 0 < spent.retrieve <= spent.total
    assert 0 < spent.read <= spent.total


def test_below_the_threshold_there_is_no_answer_but_the_closest_matches_are_kept(
    library: Library, port: Path
) -> None:
    reply = ask(library, "Why do cats purr?", threshold=1.0)
    assert isinstance(reply, NoAnswer)
    assert reply.reason is Reason.UNSURE
    assert len(reply.rejected) == 3
    confidences = [answer.confidence for answer in reply.rejected]
    assert confidences == sorted(confidences, reverse=True)


def test_an_answer_below_the_confidence_of_a_plain_one_is_in_doubt(
    library: Library, port: Path
) -> None:
    # The calibration of the fakes has 0.5 for both thresholds.
    reply = ask(library, ASKED, threshold=0.0)
    assert isinstance(reply, Answered)
    assert reply.state is State.ANSWER
    assert [one.doubtful for one in reply.answers] == [
        one.confidence < 0.5 for one in reply.answers
    ]
    assert reply.answers[-1].doubtful
    doubtful = ask(library, "Why do cats purr?", threshold=0.0)
    assert isinstance(doubtful, Answered)
    assert doubtful.state is State.PERHAPS
    assert ask(library, "Why do cats purr?", threshold=1.0).state is State.NO_ANSWER


def test_further_answers_below_the_threshold_are_left_out(library: Library, port: Path) -> None:
    everything = ask(library, ASKED, threshold=0.0)
    assert isinstance(everything, Answered)
    first, second, *_ = everything.answers
    between = (first.confidence + second.confidence) / 2
    reply = ask(library, ASKED, threshold=between)
    assert isinstance(reply, Answered)
    assert reply.answers == (first,)


def test_the_limit_caps_the_number_of_answers(library: Library, port: Path) -> None:
    for limit in (1, 2, 4):
        reply = ask(library, ASKED, 0.0, limit)
        assert isinstance(reply, Answered)
        assert len(reply.answers) == limit


def test_an_empty_index_has_no_matching_passages(library: Library, port: Path) -> None:
    for path in library.news.iterdir():
        path.unlink()
    library.index()
    reply = ask(library, ASKED, 0.0)
    assert isinstance(reply, NoAnswer)
    assert (reply.reason, reply.rejected) == (Reason.NO_PASSAGES, ())


@pytest.mark.parametrize("deleted", [True, False])
def test_an_answer_that_is_no_longer_in_its_file_is_not_given(
    library: Library, port: Path, deleted: bool
) -> None:
    if deleted:
        port.unlink()
    else:
        port.write_text(PORT.replace("is closed", "is open"), encoding="utf-8")
    reply = ask(library, ASKED)
    assert isinstance(reply, NoAnswer)
    assert reply.reason is Reason.INDEX_STALE
    status = reply.rejected[0].citations[0].status
    assert status is (Status.GONE if deleted else Status.CHANGED)


def test_an_unchanged_copy_is_cited_before_a_changed_one(library: Library, port: Path) -> None:
    story = "the port is closed since a ship ran aground there last night in the fog"
    first = library.write("a.txt", f"{story}. It was late.")
    library.write("b.txt", f"{story}. It was late.")
    library.index()
    assert sorted(one.path[-5:] for one in answered(library, story)) == ["a.txt", "b.txt"]
    first.write_text("Nothing happened. It was late.", encoding="utf-8")
    citations = answered(library, story)
    assert [(one.path[-5:], one.status) for one in citations] == [
        ("b.txt", Status.UNCHANGED),
        ("a.txt", Status.CHANGED),
    ]


def test_thanks_are_not_searched(library: Library, port: Path) -> None:
    reply = ask(library, " Thanks! ", threshold=0.0)
    assert isinstance(reply, NoAnswer)
    assert (reply.reason, reply.asked, reply.rejected) == (Reason.SMALL_TALK, "Thanks!", ())


def test_a_missing_folder_is_named_in_the_refusal(library: Library, port: Path) -> None:
    library.news.rename(library.news.with_name("renamed"))
    reply = ask(library, ASKED)
    assert isinstance(reply, NoAnswer)
    assert (reply.reason, reply.missing_folder) == (Reason.INDEX_STALE, str(library.news))


class NumberReader:
    """Finds the number of every passage, less and less surely."""

    def read(
        self, question: str, passages: Sequence[Passage], _contexts: Sequence[str] = ()
    ) -> list[Candidate]:
        found = [
            one
            for number in ("Three", "Five")
            for one in MarkingReader(number).read(question, passages)
        ]
        return [replace(one, margin=8.0 - 12.0 * rank) for rank, one in enumerate(found)]


def test_articles_that_contradict_each_other_are_both_cited_and_marked(library: Library) -> None:
    story = "Three people were hurt when the bridge at Halden fell into the river."
    for name, text in (("a", story), ("b", story.replace("Three", "Five")), ("c", story)):
        library.write(f"{name}.txt", f"{text} It was late.")
    library.index()
    with library.bot(0.5, NumberReader()) as bot:
        reply = bot.ask(story)
    assert isinstance(reply, Answered)
    assert [one.text for one in reply.answers] == ["Three", "Five"]
    assert reply.articles_differ
    assert reply.answers[1].confidence < 0.5
    assert len(reply.answers[0].citations) == 2


def test_the_same_weekday_of_another_week_is_another_answer(library: Library) -> None:
    for name, day in (("a", "8 July 2008"), ("b", "9 July 2008"), ("c", "2 July 2008")):
        text = f"Lima, {day}\n\nIn town {name} the old dam of the valley opened on Tuesday.\n"
        library.write(f"{name}.txt", text)
    library.index()
    with library.bot(0.5, MarkingReader("Tuesday")) as bot:
        reply = bot.ask("When did the dam of town a open?")
    assert isinstance(reply, Answered)
    cited = {one.path[-5:]: one.answer_meaning for one in reply.answers[0].citations}
    assert cited in (
        {"a.txt": ("2008-07-08",), "b.txt": ("2008-07-08",)}, {"c.txt": ("2008-07-01",)}
    )  # fmt: skip


class WhenReader:
    """Knows the answer only to a question for the date."""

    def __init__(self, words: str) -> None:
        self._marking = MarkingReader(words)

    def read(
        self, question: str, passages: Sequence[Passage], _contexts: Sequence[str] = ()
    ) -> list[Candidate]:
        return self._marking.read(question, passages) if question.startswith("When") else []


@pytest.mark.parametrize(
    ("words", "resolved"), [("Tuesday", ["2008-07-08"]), ("2006", []), ("the dam", None)]
)
def test_a_question_for_the_year_is_answered_by_a_date(
    library: Library, words: str, resolved: list[str] | None
) -> None:
    library.write("dam.txt", "Lima, 8 July 2008\n\nIn 2006 the dam fell; it opened on Tuesday.\n")
    library.index()
    question = "In which year did the dam reopen?"
    with library.bot(0.5, WhenReader(words)) as bot:
        reply = bot.ask(question)
    if resolved is None:
        assert isinstance(reply, NoAnswer)
        return
    assert isinstance(reply, Answered)
    assert (reply.question, reply.asked) == (question, "When did the dam reopen?")
    assert reply.answers[0].text == words
    assert [one.date for one in reply.answers[0].citations[0].answer_dates] == resolved


def answered(library: Library, question: str) -> list[Citation]:
    reply = ask(library, question)
    assert isinstance(reply, Answered)
    return list(reply.answers[0].citations)


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("  the port\r\n is\tclosed. ", ASKED),
        ("the port is closed. \ud800?", "the port is closed. ??"),
        ("the\u00a0port\u2028is closed.", ASKED),
    ],
)
def test_white_space_in_a_question_is_collapsed(
    library: Library, port: Path, question: str, asked: str
) -> None:
    reply = ask(library, question, 0.0)
    assert (reply.question, reply.asked) == (question, asked)


@pytest.mark.parametrize("question", ["", " \t\r\n", "\u2028\u00a0"])
def test_an_empty_question_is_refused(library: Library, port: Path, question: str) -> None:
    with pytest.raises(BadRequest, match="the question is empty"):
        ask(library, question)


def test_a_question_longer_than_the_limit_is_refused(library: Library, port: Path) -> None:
    assert ask(library, "x" * MAX_QUESTION_LENGTH, 0.0)
    with pytest.raises(BadRequest, match="4,001"):
        ask(library, "x" * (MAX_QUESTION_LENGTH + 1))


def test_a_search_can_be_restricted_to_folders_and_files(
    library: Library, port: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.write("in/a.txt", "the port is closed. So it is.")
    library.write("in2/b.txt", "the port is closed. So it was.")
    library.index()
    monkeypatch.chdir(library.news)

    def paths(*scope: str) -> set[str]:
        reply = ask(library, ASKED, 0.0, 9, *scope)
        assert isinstance(reply, Answered)
        return {Path(one.path).name for answer in reply.answers for one in answer.citations}

    assert paths("in") == {"a.txt"}
    assert paths("in/", "./in2/b.txt") == {"a.txt", "b.txt"}
    assert paths(".") == {"a.txt", "b.txt", "port.txt", "mill.txt"}
    assert paths("/") == {"a.txt", "b.txt", "port.txt", "mill.txt"}


@pytest.mark.parametrize("path", ["elsewhere", "por", "port.txt/x", "/nowhere"])
def test_a_path_without_articles_is_refused(
    library: Library, port: Path, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.chdir(library.news)
    with pytest.raises(BadRequest, match=f"no indexed article .* {path}"):
        ask(library, ASKED, 0.5, 3, path)


def test_boilerplate_is_found_by_who_asks_for_it(library: Library) -> None:
    article = next(bundled_articles().glob("2009-09-17-obama*")).read_text(encoding="utf-8")
    library.write("a.txt", f"{article}\n\nUnsubscribe from our letters at the foot of each.\n")
    library.index()
    reply = ask(library, "How do I unsubscribe from the letters?", 0.0, 20)
    assert isinstance(reply, Answered)
    assert any("Unsubscribe" in answer.quote for answer in reply.answers)


def marked(library: Library, words: str) -> Reply:
    with library.bot(0.5, MarkingReader(words)) as bot:
        return bot.ask("where?")


def test_an_answer_inside_a_sentence_is_quoted_with_the_complete_sentence(
    library: Library, port: Path
) -> None:
    reply = marked(library, "dig it")
    assert isinstance(reply, Answered)
    (answer,) = reply.answers
    assert (answer.text, answer.quote) == ("dig it", "Nobody has the money to dig it out.")
    (citation,) = answer.citations
    # The second sentence begins at column 21, and `dig it` 24 code points later.
    assert (citation.sentence.column, citation.sentence.end_column) == (21, 55)
    assert (citation.answer.column, citation.answer.end_column) == (45, 50)
    assert citation.path == str(port)


def test_the_same_words_in_two_articles_are_one_answer_with_two_citations(library: Library) -> None:
    library.write("a.txt", "It rained. Since last night Zeebrugge is closed to ships.")
    library.write("b.txt", "The pilots of Zeebrugge went on strike. Nobody came.")
    library.index()
    reply = marked(library, "Zeebrugge")
    assert isinstance(reply, Answered)
    (answer,) = reply.answers
    assert {(Path(one.path).name, one.sentence.text) for one in answer.citations} == {
        ("a.txt", "Since last night Zeebrugge is closed to ships."),
        ("b.txt", "The pilots of Zeebrugge went on strike."),
    }


def test_if_the_reader_finds_nothing_there_is_no_span(library: Library, port: Path) -> None:
    reply = marked(library, "words in no article")
    assert isinstance(reply, NoAnswer)
    assert (reply.reason, reply.rejected) == (Reason.NO_SPAN, ())


def test_only_the_best_passages_are_read_each_once(library: Library) -> None:
    for i in range(PASSAGES_READ + 4):
        library.write(f"{i}.txt", f"the port is closed. It was day {i} of the strike there.")
    library.index()
    reader = SentenceReader()
    with library.bot(0.0, reader) as bot:
        bot.ask(ASKED, limit=20)
    assert sum(reader.reads) == PASSAGES_READ


def test_a_follow_up_is_searched_with_the_turns_before_it(library: Library, port: Path) -> None:
    history = [Exchange("Who owns the mill?")]
    with library.bot(0.0) as bot:
        alone = bot.ask(" When was it  sold?")
        follow_up = bot.ask(" When was it  sold?", history=history)
        named = bot.ask("When did the harbour master close the port?", history=history)
    assert (alone.question, alone.asked) == (" When was it  sold?", "When was it sold?")
    assert (follow_up.question, follow_up.asked) == (
        " When was it  sold?",
        "Who owns the mill? | When was it sold?",
    )
    assert isinstance(follow_up, Answered)
    assert follow_up.answers[0].citations[0].path.endswith("mill.txt")
    assert named.asked == "When did the harbour master close the port?"


def test_an_empty_follow_up_is_refused(library: Library, port: Path) -> None:
    with library.bot() as bot, pytest.raises(BadRequest, match="the question is empty"):
        bot.ask(" ", history=[Exchange("Who owns the mill?")])


def test_an_earlier_question_may_have_any_length_and_unencodable_characters(
    library: Library,
) -> None:
    library.write("mill.txt", "The mill by the river was sold in May. Nobody knows why.")
    library.index()
    with library.bot() as bot:
        for earlier in ("Who owns the mill \udfff?", "Who owns the mill? " * 1000):
            reply = bot.ask("When was it sold?", history=[Exchange(earlier)])
            assert "mill" in reply.asked


def test_with_two_readers_the_reply_of_the_first_comes_first_and_the_second_decides(
    library: Library, port: Path
) -> None:
    seen: list[Reply] = []
    with library.bot(0.5) as bot:
        bot.second = SecondReader(MarkingReader("closed"), CALIBRATION)
        reply = bot.ask(DOUBTED, on_first=seen.append)
        (first,) = seen
        assert isinstance(first, Answered)
        assert first.answers[0].text == ASKED
        assert isinstance(reply, Answered)
        assert [answer.text for answer in reply.answers] == ["closed"]
        margin = bot.trace(DOUBTED).reading.answers[0].group.best.first_margin
        assert margin == pytest.approx(0.8)


def test_what_the_first_reader_is_sure_of_is_not_read_again(library: Library, port: Path) -> None:
    seen: list[Reply] = []
    with library.bot(0.5) as bot:
        bot.second = SecondReader(MarkingReader("closed"), CALIBRATION)
        reply = bot.ask(ASKED, on_first=seen.append)
        assert bot.trace(ASKED).reading.answers[0].group.best.first_margin == 0.0
    assert isinstance(reply, Answered)
    assert (reply.answers[0].text, seen) == (ASKED, [])


def test_a_second_reading_that_is_not_wanted_any_more_leaves_the_first_reply(
    library: Library, port: Path
) -> None:
    seen: list[Reply] = []
    with library.bot(0.5) as bot:
        bot.second = SecondReader(MarkingReader("closed"), CALIBRATION)
        reply = bot.ask(DOUBTED, on_first=seen.append, is_wanted=lambda: not seen)
    assert isinstance(reply, Answered)
    assert [answer.text for answer in reply.answers] == [ASKED]


def test_with_one_reader_there_is_no_first_reply(library: Library, port: Path) -> None:
    seen: list[Reply] = []
    with library.bot(0.5) as bot:
        bot.ask(ASKED, on_first=seen.append)
    assert seen == []


def test_a_second_reader_that_finds_nothing_leaves_no_answer(library: Library, port: Path) -> None:
    with library.bot(0.5) as bot:
        bot.second = SecondReader(MarkingReader("nowhere to be found"), CALIBRATION)
        reply = bot.ask(DOUBTED)
    assert isinstance(reply, NoAnswer)
    assert (reply.reason, reply.rejected) == (Reason.NO_SPAN, ())


def test_the_default_threshold_is_that_of_the_readers_that_run(
    library: Library, port: Path
) -> None:
    strict = msgspec.structs.replace(CALIBRATION, threshold=0.7)
    with library.bot(0.9) as bot:
        assert bot.threshold == 0.9
        second = SecondReader(MarkingReader("closed"), strict)
        for each, expected in ((None, CALIBRATION.threshold), (second, 0.7)):
            made = Bot(bot.index, bot.retriever, bot.reader, CALIBRATION, None, second=each)
            assert made.threshold == expected
