import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.articles.text import Place
from qa.answers import Status
from tests.tui.chat.source.fakes import citation, scanned
from tui.chat.source.marks import NOWHERE, Marks, find_marks
from tui.chat.source.paged_text import SourceText, open_text
from tui.chat.source_file import Memory

BEFORE = "Rain.\n“It” stopped. The port 東京 was\r\nclosed on Monday. So be it.\n"
SENTENCE = "The port 東京 was\r\nclosed on Monday."


def words(text: SourceText, marks: Marks) -> tuple[str, str]:
    return (
        text.decode(marks.sentence.start, marks.sentence.end),
        text.decode(marks.answer.start, marks.answer.end),
    )


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("answer", ["port 東京", "was\r\nclosed", "Monday", SENTENCE])
def test_the_marks_are_the_words_of_the_citation(codec: str, answer: str) -> None:
    text = scanned(BEFORE.encode(codec))
    cited = citation("port.txt", BEFORE, SENTENCE, answer)
    marks = find_marks(text, cited)
    assert words(text, marks) == (SENTENCE, answer)
    assert marks.status is Status.UNCHANGED
    assert marks.place == Place(cited.answer.line, cited.answer.column)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=30), st.data())
def test_any_words_cited_from_an_article_are_marked(before: str, draws: st.DataObject) -> None:
    whole = f"x{before}¶A sentence é 😀 of it.¶".replace("\0", "")
    sentence = "¶A sentence é 😀 of it.¶"
    answer = draws.draw(st.sampled_from(["¶A", "sentence é", "é 😀", "😀 of", "it.¶", sentence]))
    text = scanned(whole.encode())
    assert words(text, find_marks(text, citation("a", whole, sentence, answer))) == (
        sentence,
        answer,
    )


def test_words_that_moved_since_are_found_where_they_are() -> None:
    cited = citation("port.txt", BEFORE, SENTENCE, "Monday")
    text = scanned(("New.\n" + BEFORE).encode())
    marks = find_marks(text, cited)
    assert words(text, marks) == (SENTENCE, "Monday")
    assert (marks.status, marks.place) == (Status.MOVED, Place(4, 11))


def test_of_two_places_the_nearer_one_counts() -> None:
    cited = citation("port.txt", f"Rain.\n{SENTENCE}\n", SENTENCE, "Monday")
    text = scanned(f"{SENTENCE}\n{'Rain.' * 40}\n{SENTENCE}\n".encode())
    assert find_marks(text, cited).sentence.start == 0


def test_words_that_are_not_there_any_more_are_not_marked() -> None:
    cited = citation("port.txt", BEFORE, SENTENCE, "Monday")
    text = scanned(BEFORE.replace("Monday", "Friday").encode())
    marks = find_marks(text, cited)
    assert (marks.status, marks.sentence, marks.answer) == (Status.CHANGED, NOWHERE, NOWHERE)
    assert (marks.place, marks.at) == (Place(3, 11), BEFORE.encode().index(b"closed"))


def test_a_citation_that_moved_before_it_was_shown_still_says_so() -> None:
    text = scanned(BEFORE.encode())
    moved = citation("port.txt", BEFORE, SENTENCE, "Monday", Status.MOVED)
    assert find_marks(text, moved).status is Status.MOVED


def test_a_file_that_is_back_as_it_was_is_unchanged() -> None:
    text = scanned(BEFORE.encode())
    gone = citation("port.txt", BEFORE, SENTENCE, "Monday", Status.GONE)
    assert find_marks(text, gone).status is Status.UNCHANGED


def test_words_of_a_windows_1252_article_are_found_before_that_is_known() -> None:
    before = "“It” stopped. The café was closed. " + "x" * 40_000
    data = before.encode("windows-1252")
    text = open_text(Memory(data))
    assert isinstance(text, SourceText)
    assert text.encoding == "utf-8"
    marks = find_marks(text, citation("a", before, "The café was closed.", "café"))
    assert words(text, marks) == ("The café was closed.", "café")
    assert marks.status is Status.UNCHANGED


def test_a_quote_that_its_encoding_cannot_hold_has_changed() -> None:
    text = scanned(b"caf\xe9 is closed today, all day long, and it is the port")
    cited = citation("a", BEFORE, SENTENCE, "東京")
    assert find_marks(text, cited).status is Status.CHANGED
