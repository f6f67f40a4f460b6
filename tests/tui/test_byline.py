"""The public Python interface."""

import asyncio
import threading
from datetime import date
from pathlib import Path

import pytest

import byline
from tests.tui.fakes import Shell

QUESTION = "The mill was sold in May."


@pytest.fixture
def news(shell: Shell) -> Path:
    """A folder of two articles, and fake models that answer with a sentence's words."""
    shell.write("port.txt", "The port is closed. Nobody has the money to dig it out.")
    shell.write("in/mill.txt", "The mill was sold in May. It is very old.")
    return shell.news


def test_a_folder_is_indexed_and_asked(news: Path) -> None:
    with byline.open(news, threshold=0) as articles:
        reply = articles.ask(QUESTION)
    assert isinstance(reply, byline.Answered)
    citation = reply.answers[0].citations[0]
    assert citation.file == str(news / "in" / "mill.txt")
    assert (citation.answer.line, citation.answer.column) == (1, 1)
    assert citation.sentence.text == "The mill was sold in May."
    assert articles.summary is not None
    assert articles.summary.added == 2


def test_a_folder_opened_again_reads_only_what_changed(news: Path) -> None:
    byline.open(news).close()
    (news / "pier.txt").write_text("The pier was painted green.")
    with byline.open(news, threshold=0) as articles:
        assert articles.summary is not None
        assert (articles.summary.added, articles.summary.unchanged) == (1, 2)
        assert articles.ask("The pier was painted green.").question


def test_two_folders_have_separate_indexes(news: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "pier.txt").write_text("The pier was painted green.")
    byline.open(news).close()
    with byline.open(other) as articles:
        assert articles.summary is not None
        assert articles.summary.articles == 1


def test_an_index_is_opened_as_it_is(news: Path, tmp_path: Path) -> None:
    byline.open(news, index=tmp_path / "index").close()
    (news / "pier.txt").write_text("The pier was painted green.")
    with byline.open(tmp_path / "index", threshold=0) as articles:
        assert articles.summary is None
        assert isinstance(articles.ask(QUESTION), byline.Answered)


def test_a_threshold_above_every_confidence_refuses_and_keeps_the_closest(news: Path) -> None:
    with byline.open(news, threshold=1) as articles:
        reply = articles.ask(QUESTION)
    assert isinstance(reply, byline.NoAnswer)
    assert reply.rejected[0].quote == "The mill was sold in May."


def test_scope_and_top_k_limit_the_answers(news: Path) -> None:
    with byline.open(news, threshold=0) as articles:
        reply = articles.ask(QUESTION, scope=[news / "port.txt"], top_k=1)
    assert isinstance(reply, byline.Answered)
    assert [answer.citations[0].path.endswith("port.txt") for answer in reply.answers] == [True]


def test_dates_and_fields_limit_the_answers(news: Path) -> None:
    (news / "2011-05-03-ferry.txt").write_text("By Ada Quill\n\nThe ferry was sold in June.\n")
    with byline.open(news, threshold=0) as articles:
        reply = articles.ask(QUESTION, since=date(2011, 5, 3), until="2011-05")
        assert (reply.scope.since, reply.undated) == (date(2011, 5, 3), 2)
        (found,) = articles.find("sold", where=["author=ada quill"])
        assert found.path.endswith("ferry.txt")
        with pytest.raises(byline.BylineError, match="no article is dated 2012-01-01 or later"):
            articles.conversation().ask(QUESTION, since="2012")


def test_a_follow_up_is_searched_with_its_history(news: Path) -> None:
    with byline.open(news, threshold=0) as articles:
        reply = articles.ask("And when was it sold?", history=["How old is the mill?"])
    assert "mill" in reply.asked


def test_progress_is_reported_while_a_folder_is_indexed(news: Path) -> None:
    seen: list[byline.Progress | byline.Waiting] = []
    byline.open(news, on_progress=seen.append).close()
    assert any(isinstance(event, byline.Progress) for event in seen)


@pytest.mark.parametrize("question", ["", "   ", "x" * 5000])
def test_a_question_that_cannot_be_asked_is_an_error(news: Path, question: str) -> None:
    with byline.open(news) as articles, pytest.raises(byline.BylineError):
        articles.ask(question)


def test_a_missing_folder_is_an_error_that_names_it(shell: Shell) -> None:
    with pytest.raises(byline.BylineError) as caught:
        byline.open(shell.home / "nowhere")
    assert "nowhere" in caught.value.message


def test_a_file_that_is_no_article_is_an_error_that_names_it(news: Path) -> None:
    (news / "plan.zip").write_bytes(b"PK")
    with pytest.raises(byline.BylineError, match=r"plan\.zip was not indexed: not a format"):
        byline.open(news / "plan.zip")


def test_closing_twice_does_nothing_and_asking_then_is_an_error(news: Path) -> None:
    articles = byline.open(news)
    articles.close()
    articles.close()
    with pytest.raises(byline.BylineError):
        articles.ask(QUESTION)


def test_questions_of_several_threads_are_all_answered(news: Path) -> None:
    replies: list[byline.Reply] = []
    with byline.open(news, threshold=0) as articles:

        def ask() -> None:
            replies.extend(articles.ask(QUESTION) for _ in range(5))

        threads = [threading.Thread(target=ask) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(replies) == 20
    assert {reply.answers[0].text for reply in replies if isinstance(reply, byline.Answered)} == {
        replies[0].answers[0].text if isinstance(replies[0], byline.Answered) else None
    }


def test_words_are_found_with_their_places(news: Path) -> None:
    with byline.open(news) as articles:
        (found,) = articles.find("mills")
        assert [place.quote.text for place in found.places] == [QUESTION]
        assert articles.find('"mill sold"') == []
        assert articles.find("money", scope=[news / "in"]) == []
        with pytest.raises(byline.BylineError):
            articles.find("?!")
    with pytest.raises(byline.BylineError, match="closed"):
        articles.find("mill")


def test_a_follow_up_refers_to_the_conversation_alone(news: Path) -> None:
    with byline.open(news, threshold=0) as articles:
        talk = articles.conversation()
        talk.ask("How old is the mill?")
        talk.ask("Thanks!")
        reply = talk.ask("And when was it sold?")
        assert "mill" in reply.asked
        assert [one.question for one in talk.replies] == [
            "How old is the mill?",
            "Thanks!",
            "And when was it sold?",
        ]
        assert "mill" not in articles.conversation().ask("And when was it sold?").asked


async def test_questions_are_answered_beside_an_event_loop(news: Path) -> None:
    seen: list[byline.Progress | byline.Waiting] = []
    with await byline.open_async(news, threshold=0, on_progress=seen.append) as articles:
        replies = await asyncio.gather(*(articles.ask_async(QUESTION) for _ in range(5)))
        (found,) = await articles.find_async("mill")
        talk = articles.conversation()
        assert (await talk.ask_async(QUESTION)).question == QUESTION
    assert seen
    assert {reply.answers[0].quote for reply in replies if isinstance(reply, byline.Answered)} == {
        QUESTION
    }
    assert found.path.endswith("mill.txt")


def test_every_public_name_exists() -> None:
    assert all(hasattr(byline, name) for name in byline.__all__)
