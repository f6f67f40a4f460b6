from datetime import date

from hypothesis import given

from index.articles.bundled import bundled_articles
from index.articles.files import Contents, Signature
from index.articles.parse import ReadArticle, read_article
from index.articles.passages import DEFAULT_SETTINGS
from index.articles.text import NotText
from tests.fakes import WordLimit
from tests.index.strategies import nasty_bytes

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


def test_boilerplate_and_headings_are_not_quoted() -> None:
    found = read(ARTICLE)
    assert (found.article.title, found.article.date) == ("Port to close", date(2010, 5, 12))
    assert quoted(found)[-3:] == [
        "The port is to be closed.",
        "Nobody has the money.",
        "The mill closes too.",
    ]
    assert "Port to close" not in quoted(found)
    assert found.article.line_count == 18


def test_passages_do_not_cross_boilerplate() -> None:
    texts = [one.text for one in read(ARTICLE).passages]
    assert texts[-2:] == [
        "The port is to be closed. Nobody has the money.",
        "## What is next?\n\nThe mill closes too.",
    ]


def test_a_headline_without_markup_is_not_quoted() -> None:
    found = read("Port to close in May\n\nIt is old. Nobody has the money for it.")
    assert found.article.title == "Port to close in May"
    assert found.passages[0].text.startswith("Port to close in May\n\nIt is old.")
    assert quoted(found) == ["It is old.", "Nobody has the money for it."]


def test_a_passage_is_embedded_with_its_articles_title() -> None:
    found = read("# Port to close\n\nIt is old.")
    assert found.embedded == ("Port to close\n# Port to close\n\nIt is old.",)


def test_a_title_that_takes_too_many_of_the_models_tokens_is_not_embedded() -> None:
    # "Port to close" takes the model six tokens; a quarter of 23 is five, of 24 is six.
    text = "# Port to close\n\nIt is old."
    assert read(text, 23).embedded[0].startswith("# Port")
    assert read(text, 24).embedded[0].startswith("Port")
    assert read(text, 23).article.title == "Port to close"


def test_a_long_title_is_cut() -> None:
    assert read("# " + "p " * 300 + "\n\nIt is old.").article.title == ("p " * 100)


def test_front_matter_is_not_quoted_and_its_lines_count() -> None:
    found = read("---\ntitle: Phones\n---\niPhone sales rose.\n")
    assert quoted(found) == ["iPhone sales rose."]
    assert found.passages[0].line == 4
    assert found.article.title == "Phones"


def test_a_binary_file_is_not_text() -> None:
    result = read_article(contents(b"MZ\0"), DEFAULT_SETTINGS, WordLimit())
    assert result == NotText("binary: a NUL in its first 8 KiB")


def test_a_list_of_words_is_not_an_article() -> None:
    result = read_article(contents("port sold\n" * 20_001), DEFAULT_SETTINGS, WordLimit())
    assert result == NotText("a list, not prose: 20,001 lines, most of a word or two")
    assert read("Ship {} has left the port.\n" * 20_001).article.line_count == 20_001


def test_a_line_too_long_for_a_heading_is_quoted() -> None:
    after = "Nobody has the money to dig it out."
    for mark in ("", "# "):
        # 300 code points are a heading, 301 are none.
        heading = f"{mark}The port was closed ".ljust(300, "x")
        assert quoted(read(f"{heading}\n\n{after}")) == [after]
        assert quoted(read(f"{heading}x\n\n{after}"))[0].startswith(f"{mark}The port")


def test_a_file_without_sentences_is_not_text() -> None:
    for text in ("", "\n\n", "Share\nTweet\n", "---\ntitle: x\n---\n"):
        result = read_article(contents(text), DEFAULT_SETTINGS, WordLimit())
        assert result == NotText("no sentence to read: empty, or boilerplate only")


def test_an_article_of_one_line_is_quoted_even_if_it_reads_like_a_headline() -> None:
    assert quoted(read("Harbour reopens after storm\n")) == ["Harbour reopens after storm"]
    assert quoted(read("# Harbour reopens\n")) == ["# Harbour reopens"]


def test_the_encoding_and_the_hash_are_recorded() -> None:
    article = read(b"The caf\xe9 opens. It is new.").article
    assert article.encoding == "windows-1252"
    assert len(article.sha256) == 64


@given(nasty_bytes)
def test_any_article_is_read_or_is_not_text(data: bytes) -> None:
    found = read_article(contents(data), DEFAULT_SETTINGS, WordLimit(40))
    if isinstance(found, ReadArticle):
        assert len(found.passages) == len(found.embedded) > 0


def test_every_bundled_article_has_a_title_and_no_wrong_date() -> None:
    paths = sorted(bundled_articles().iterdir())
    assert len(paths) > 10
    for path in paths:
        found = read(path.read_bytes())
        assert found.article.title, path.name
        assert found.article.date is None or found.article.date.isoformat() == path.name[:10]
