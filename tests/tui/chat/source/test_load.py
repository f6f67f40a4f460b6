import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.articles.files import MAX_BYTES
from index.articles.places import Place
from index.articles.spans import Span
from qa.answers import Status
from tests.tui.chat.source.fakes import citation
from tui.chat.source.load import ArticleFile, Cited, Loaded, Outcome, TooLarge, Unreadable, load

BEFORE = "Rain.\n“It” stopped. The port 東京 was\r\nclosed on Monday. So be it.\n"
SENTENCE = "The port 東京 was\r\nclosed on Monday."


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("news") / "port.txt"


def find(file: Path, data: bytes, text: str, answer: str, sentence: str = SENTENCE) -> Loaded:
    """Load an article that holds `data`, with words cited from when it held `text`."""
    file.write_bytes(data)
    loaded = load(citation(str(file), text, sentence, answer))
    assert isinstance(loaded, Loaded)
    return loaded


def cited(loaded: Loaded) -> Cited:
    assert loaded.cited is not None
    return loaded.cited


def words(loaded: Loaded) -> tuple[str, str]:
    found = cited(loaded)
    assert found.sentence is not None
    assert found.answer is not None
    assert found.offset == found.answer.start
    return found.sentence.of(loaded.text.text), found.answer.of(loaded.text.text)


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("answer", ["port 東京", "was\r\nclosed", "Monday", SENTENCE])
def test_the_cited_words_are_found(file: Path, codec: str, answer: str) -> None:
    loaded = find(file, BEFORE.encode(codec), BEFORE, answer)
    assert words(loaded) == (SENTENCE, answer)
    quote = citation("", BEFORE, SENTENCE, answer).answer
    assert cited(loaded).place == Place(quote.line, quote.column)
    assert cited(loaded).status is Status.UNCHANGED


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=30), st.data())
def test_any_cited_words_are_found(file: Path, before: str, draws: st.DataObject) -> None:
    text = f"x{before}¶A sentence é 😀 of it.¶".replace("\0", "")
    sentence = "¶A sentence é 😀 of it.¶"
    answer = draws.draw(st.sampled_from(["¶A", "sentence é", "é 😀", "😀 of", "it.¶", sentence]))
    assert words(find(file, text.encode(), text, answer, sentence)) == (sentence, answer)


def test_words_that_moved_are_found_where_they_are(file: Path) -> None:
    loaded = find(file, ("New.\n" + BEFORE).encode(), BEFORE, "Monday")
    assert words(loaded) == (SENTENCE, "Monday")
    assert (cited(loaded).status, cited(loaded).place) == (Status.MOVED, Place(4, 11))


def test_of_two_copies_the_nearer_one_is_found(file: Path) -> None:
    now = f"{SENTENCE}\n{'Rain.' * 40}\n{SENTENCE}\n"
    loaded = find(file, now.encode(), f"Rain.\n{SENTENCE}\n", "Monday")
    assert cited(loaded).sentence == Span(0, len(SENTENCE))


def test_words_that_are_no_longer_there_are_not_marked(file: Path) -> None:
    now = BEFORE.replace("Monday", "Friday")
    found = cited(find(file, now.encode(), BEFORE, "Monday"))
    assert (found.status, found.sentence, found.answer) == (Status.CHANGED, None, None)
    assert (found.place, found.offset) == (Place(3, 11), now.index("closed"))


def test_an_article_that_got_shorter_is_shown_at_its_last_line(file: Path) -> None:
    found = cited(find(file, b"One.\nTwo.", BEFORE, "Monday"))
    assert (found.status, found.place, found.offset) == (Status.CHANGED, Place(3, 11), 5)


def test_an_empty_quote_is_not_found(file: Path) -> None:
    file.write_bytes(BEFORE.encode())
    loaded = load(citation(str(file), BEFORE, "", ""))
    assert isinstance(loaded, Loaded)
    assert cited(loaded).status is Status.CHANGED


@pytest.mark.parametrize(
    ("before", "now"),
    [(Status.MOVED, Status.MOVED), (Status.GONE, Status.UNCHANGED)],
    ids=["moved before", "back as it was"],
)
def test_the_status_is_that_of_the_file_now(file: Path, before: Status, now: Status) -> None:
    file.write_bytes(BEFORE.encode())
    loaded = load(citation(str(file), BEFORE, SENTENCE, "Monday", before))
    assert isinstance(loaded, Loaded)
    assert cited(loaded).status is now


def test_words_of_a_windows_1252_article_are_found(file: Path) -> None:
    text = "x" * 40_000 + "“It” stopped. The café was closed. "
    loaded = find(file, text.encode("windows-1252"), text, "café", "The café was closed.")
    assert words(loaded) == ("The café was closed.", "café")
    assert cited(loaded).status is Status.UNCHANGED


def test_a_quote_that_the_encoding_cannot_hold_has_changed(file: Path) -> None:
    data = b"caf\xe9 is closed today, all day long, and it is the port"
    assert cited(find(file, data, BEFORE, "東京")).status is Status.CHANGED


def test_nothing_is_cited_from_an_article_file(file: Path) -> None:
    file.write_bytes(BEFORE.encode())
    loaded = load(ArticleFile(str(file), "port.txt", ""))
    assert isinstance(loaded, Loaded)
    assert (loaded.text.text, loaded.cited) == (BEFORE, None)


def of_file(file: Path) -> list[Outcome]:
    """Load a file, and a citation of it."""
    return [
        load(ArticleFile(str(file), "a", "")),
        load(citation(str(file), BEFORE, SENTENCE, "Monday")),
    ]


def test_an_article_over_the_limit_is_not_read(file: Path) -> None:
    file.write_bytes(b"x" * MAX_BYTES)
    assert all(isinstance(outcome, Loaded) for outcome in of_file(file))
    file.write_bytes(b"x" * (MAX_BYTES + 1))
    assert of_file(file) == [TooLarge(MAX_BYTES + 1, MAX_BYTES)] * 2
    os.truncate(file, 10**12)
    assert of_file(file) == [TooLarge(10**12, MAX_BYTES)] * 2


@pytest.mark.parametrize("data", [b"MZ\0", b"\xff\xfe\0\0", b"\xff\xfe\0\0a\0\0\0"])
def test_a_binary_file_is_unreadable(file: Path, data: bytes) -> None:
    file.write_bytes(data)
    for outcome in of_file(file):
        assert isinstance(outcome, Unreadable)
        assert (outcome.status, "binary" in outcome.reason) == (Status.CHANGED, True)


@pytest.mark.parametrize("kind", ["link", "linked folder", "fifo", "folder", "missing", "NUL"])
def test_only_a_regular_file_in_its_own_folder_is_read(tmp_path: Path, kind: str) -> None:
    secret = tmp_path / "outside" / "a.txt"
    secret.parent.mkdir()
    secret.write_text("secret", encoding="utf-8")
    news = tmp_path / "news"
    file = news / "a.txt"
    if kind == "linked folder":
        news.symlink_to(secret.parent)
    else:
        news.mkdir()
    match kind:
        case "link":
            file.symlink_to(secret)
        case "fifo":
            os.mkfifo(file)
        case "folder":
            file.mkdir()
        case "NUL":
            file = news / "a\0b.txt"
    for outcome in of_file(file):
        assert isinstance(outcome, Unreadable)
        assert outcome.status is Status.GONE
    if kind == "fifo":
        assert stat.S_ISFIFO(file.stat().st_mode)
