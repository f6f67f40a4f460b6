from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from index.articles.bundled import bundled_articles
from index.articles.files import Contents, Signature
from index.articles.formats.reading import read_document
from index.articles.parse import ReadArticle, read_article, structure_of
from index.articles.passages import DEFAULT_SETTINGS
from index.articles.text import NotText, Text, decode
from tests.fakes import WordLimit
from tests.index.strategies import nasty_bytes

CASES = Path(__file__).parents[4] / "shared" / "cases"

ARTICLE = """\
Home > World

# Port to close
By Ann Smith
12 May 2010

Share
Port to close

The port is to be closed. Nobody has the money.

Advertisement

## What is next?

The mill closes too.

All rights reserved.
"""


def contents(text: str | bytes) -> Contents:
    data = text.encode() if isinstance(text, str) else text
    return Contents(data, Signature(len(data), 0, 0, 0))


def read(text: str | bytes, limit: int = 256) -> ReadArticle:
    found = read_article(contents(text), DEFAULT_SETTINGS, WordLimit(limit))
    assert isinstance(found, ReadArticle)
    return found


def quoted(article: ReadArticle) -> list[str]:
    return [span.of(one.text) for one in article.passages for span in one.sentences]


def test_every_line_is_quoted() -> None:
    found = read(ARTICLE)
    assert (found.article.title, found.article.date) == ("Port to close", date(2010, 5, 12))
    assert quoted(found) == [
        "Home > World", "Port to close", "By Ann Smith", "12 May 2010", "Share", "Port to close",
        "The port is to be closed.", "Nobody has the money.", "Advertisement", "What is next?",
        "The mill closes too.", "All rights reserved.",
    ]  # fmt: skip
    assert found.article.line_count == 18


def test_boilerplate_is_in_passages_of_its_own() -> None:
    found = [(one.kind.value, one.text) for one in read(ARTICLE).passages]
    assert found == [
        ("boilerplate", "Home > World"),
        ("title", "# Port to close\nBy Ann Smith\n12 May 2010"),
        ("boilerplate", "Share\nPort to close"),
        ("paragraph", "The port is to be closed. Nobody has the money."),
        ("boilerplate", "Advertisement"),
        ("paragraph", "## What is next?\n\nThe mill closes too."),
        ("boilerplate", "All rights reserved."),
    ]


def test_marks_alone_share_the_passage_of_what_is_above_them() -> None:
    mail = (
        "On Monday she wrote:\n> The port is closed.\n>\n> Nobody has the money.\n\n* * *\n\nYes."
    )
    (passage,) = read(mail).passages
    assert passage.text == mail
    assert [one.of(mail) for one in passage.sentences] == [
        "On Monday she wrote:", "The port is closed.", "Nobody has the money.", "Yes.",
    ]  # fmt: skip


def test_a_headline_without_markup_is_the_title_and_is_quoted() -> None:
    found = read("Port to close in May\n\nIt is old. Nobody has the money for it.")
    assert found.article.title == "Port to close in May"
    assert quoted(found) == [
        "Port to close in May", "It is old.", "Nobody has the money for it.",
    ]  # fmt: skip


def test_a_lower_heading_is_no_title_and_the_path_gives_a_date() -> None:
    data = contents("It crosses the sound eleven times a day.\n\n## History\n\nIt is old.")
    found = read_article(data, DEFAULT_SETTINGS, WordLimit(), "notes/2021-03-17-torsund_ferry.md")
    assert isinstance(found, ReadArticle)
    assert (found.article.title, found.article.date) == (None, date(2021, 3, 17))


def test_a_passage_is_embedded_with_its_articles_title() -> None:
    found = read("# Port to close\n\nIt is old.")
    assert found.embedded == ("Port to close\nPort to close\n\nIt is old.",)


def test_a_title_that_takes_too_many_of_the_models_tokens_is_not_embedded() -> None:
    # "Port to close" takes the model six tokens; a quarter of 23 is five, of 24 is six.
    text = "# Port to close\n\nIt is old."
    assert read(text, 23).embedded[0] == "Port to close\n\nIt is old."
    assert read(text, 24).embedded[0].startswith("Port to close\nPort")
    assert read(text, 23).article.title == "Port to close"


def test_a_long_title_is_cut() -> None:
    assert read("# " + "p " * 300 + "\n\nIt is old.").article.title == ("p " * 100)


def test_front_matter_is_quoted_and_its_lines_count() -> None:
    found = read("---\ntitle: Phones\n---\niPhone sales rose.\n")
    assert quoted(found) == ["title: Phones", "iPhone sales rose."]
    assert [one.line for one in found.passages] == [1, 4]
    assert found.article.title == "Phones"


def test_a_binary_file_is_not_text() -> None:
    result = read_article(contents(b"MZ\0"), DEFAULT_SETTINGS, WordLimit())
    assert result == NotText("binary: a NUL in its first 8 KiB")


def test_a_list_of_words_is_not_an_article(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.articles.parse._MANY_LINES", 1_000)
    result = read_article(contents("port sold\n" * 1_001), DEFAULT_SETTINGS, WordLimit())
    assert result == NotText("a list, not prose: 1,001 lines, most of a word or two")
    assert read("Ship {} has left the port.\n" * 1_001).article.line_count == 1_001


def test_blank_lines_do_not_make_an_article_a_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.articles.parse._MANY_LINES", 1_000)
    assert read("The port is sold.\n\n\n" * 999).article.line_count == 2_997
    assert read("The port is sold.\n\n\n" * 1_001).article.line_count == 3_003


def test_an_empty_file_is_not_text() -> None:
    for text in ("", "\n\n", " \t\r\n"):
        result = read_article(contents(text), DEFAULT_SETTINGS, WordLimit())
        assert result == NotText("empty: no text to read")


def test_a_file_of_boilerplate_is_quoted() -> None:
    assert quoted(read("Share\nTweet\n")) == ["Share", "Tweet"]


def test_an_article_of_one_line_is_quoted_even_if_it_reads_like_a_headline() -> None:
    assert quoted(read("Harbour reopens after storm\n")) == ["Harbour reopens after storm"]
    assert quoted(read("# Harbour reopens\n")) == ["Harbour reopens"]


def test_the_encoding_and_the_hash_are_recorded() -> None:
    article = read(b"The caf\xe9 opens. It is new.").article
    assert article.encoding == "windows-1252"
    assert len(article.sha256) == 64


def uncovered(text: Text, read: ReadArticle) -> set[str]:
    """Return the characters, but for white space, that no passage has in its place."""
    left = {at for at, char in enumerate(text.text) if not char.isspace()}
    for passage in read.passages:
        start = text.line_starts[passage.line - 1] + passage.column - 1
        assert text.text[start : start + len(passage.text)] == passage.text
        assert text.byte_offset(start) == passage.byte_start
        assert text.byte_offset(start + len(passage.text)) == passage.byte_end
        left -= set(range(start, start + len(passage.text)))
    return {text.text[at] for at in left}


def check(data: bytes, path: str, limit: int = 256) -> None:
    text, found = (
        decode(data),
        read_article(contents(data), DEFAULT_SETTINGS, WordLimit(limit), path),
    )
    if isinstance(text, NotText):
        assert isinstance(found, NotText)
        return
    document = read_document(data, path)
    assert not isinstance(document, NotText)
    blocks = structure_of(document).blocks
    assert all(before.span.end <= after.span.start for before, after in pairwise(blocks))
    assert all(block.span.trimmed(text.text) == block.span for block in blocks)
    if isinstance(found, ReadArticle):
        assert not uncovered(text, found)
        assert len(found.passages) == len(found.embedded) > 0
        assert all(one.sentences for one in found.passages)
    else:
        assert not text.text.strip()


@given(nasty_bytes, st.sampled_from(["a.txt", "a.md"]))
@example(b"- a\n\n  > b\n\n| a | b |\n|---|---|\n| c |\n\n[^a]: x", "a.md")
@example(b"a\n===\n\n```\n> # b\n", "a.md")
@example(b"> a\n>\n>\n> b\n>> c", "a.txt")
@example(b"---\na: b\n---", "a.md")
@example(b"a\n\nB 1\n\nc", "a.txt")
def test_no_character_of_any_article_is_lost(data: bytes, path: str) -> None:
    check(data, path, 40)


@pytest.mark.skipif(not CASES.is_dir(), reason="the cases are not part of the project")
def test_no_character_of_the_cases_is_lost() -> None:
    files = [path for path in CASES.rglob("articles/**/*") if path.is_file()]
    assert files
    for path in files:
        check(path.read_bytes(), path.name)


def test_every_bundled_article_has_a_title_and_no_wrong_date() -> None:
    paths = sorted(bundled_articles().iterdir())
    assert len(paths) > 10
    for path in paths:
        found = read(path.read_bytes())
        assert found.article.title, path.name
        assert found.article.date is None or found.article.date.isoformat() == path.name[:10]
