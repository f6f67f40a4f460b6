import random

import pytest
from hypothesis import given

from index.articles.blocks import Kind
from index.articles.fields import Field
from index.articles.formats.document import ExtractedDocument
from index.articles.formats.html import html_blocks, read
from index.articles.parse import structure_of
from index.articles.text import NotText
from tests.index.strategies import nasty_bytes

STORY = (
    "The harbour master, Ada Quill, closed the old breakwater on Friday, the port said, because "
    "nobody had the money to repair its walls before the winter."
)
PAGE = f"""<!DOCTYPE html>
<html><head><title>The breakwater is closed | The Harbour Post</title>
<meta property="article:published_time" content="2012-03-04T10:00:00Z">
<meta name="author" content="Ben Ortega">
<style>p {{ color: red }}</style><script>var text = "<p>not shown</p>";</script></head>
<body><nav><ul><li><a href="/">Home</a></li><li><a href="/w">Weather</a></li></ul></nav>
<article><h1>The breakwater is closed</h1>
<p>{STORY} She
   said &ldquo;it is <b>per</b>ilous&rdquo; &amp; left.
<p>{STORY.replace("Friday", "Monday")}</p>
<h2>What is next</h2><ul><li>A new wall<li>A toll</ul>
<table><tr><th>Year<th>Ships<tr><td>2011<td>40<tr><td>2012<td>31</table>
<pre>one
  two</pre></article>
<div style="display: none">Hidden words</div>
<footer>All rights reserved. The Harbour Post</footer></body></html>"""


def page(source: str | bytes) -> ExtractedDocument:
    document = read(source if isinstance(source, bytes) else source.encode())
    assert not isinstance(document, NotText)
    return document


@pytest.fixture(scope="module")
def story() -> ExtractedDocument:
    return page(PAGE)


def kinds(document: ExtractedDocument) -> list[tuple[Kind, str]]:
    blocks = structure_of(document).blocks
    return [(block.kind, block.span.of(document.text.text)) for block in blocks]


def test_the_text_is_what_a_browser_shows(story: ExtractedDocument) -> None:
    assert f"{STORY} She said “it is perilous” & left." in story.text.text.split("\n")
    assert "not shown" not in story.text.text
    assert "color" not in story.text.text
    assert "one\n  two" in story.text.text


def test_what_is_not_the_article_is_kept_as_boilerplate(story: ExtractedDocument) -> None:
    found = {text: kind for kind, text in kinds(story)}
    assert found["The breakwater is closed"] is Kind.TITLE
    assert found["What is next"] is Kind.HEADING
    assert found["A toll"] is Kind.ITEM
    assert found["Year\tShips"] is Kind.ROW
    assert found["one\n  two"] is Kind.CODE
    for text in ("Home", "Hidden words", "All rights reserved. The Harbour Post"):
        assert found[text] is Kind.BOILERPLATE
    assert sum(kind is Kind.PARAGRAPH for kind in found.values()) == 2


def test_a_heading_above_a_part_of_the_article_is_the_articles() -> None:
    source = PAGE.replace("<h2>", f"<h3>Fees</h3><p>{STORY}</p><dl><dt>Toll<dd>{STORY}</dl><h2>", 1)
    found = {text: kind for kind, text in kinds(page(source))}
    assert (found["Fees"], found["Toll"]) == (Kind.HEADING, Kind.ITEM)


def test_what_is_above_the_text_is_its_byline_whatever_is_above_that() -> None:
    menu = "".join(f"<div>Part {number}</div>" for number in range(40))
    source = PAGE.replace("<nav>", f"<nav>{menu}").replace(
        "<h1>The breakwater is closed</h1>", "<h1>The breakwater is closed</h1><p>By Ben Ortega</p>"
    )
    found = {text: kind for kind, text in kinds(page(source))}
    assert (found["Part 7"], found["By Ben Ortega"]) == (Kind.BOILERPLATE, Kind.BYLINE)


def test_rows_are_read_after_the_header(story: ExtractedDocument) -> None:
    text = story.text.text
    row = next(one for one in story.outline.blocks if one.span.of(text).startswith("2011"))
    assert row.lead is not None
    assert row.lead.of(text) == "Year\tShips"
    assert [edit.text for edit in row.edits] == [", "]


def test_title_date_and_author_are_those_of_its_metadata(story: ExtractedDocument) -> None:
    assert structure_of(story).title == "The breakwater is closed"
    assert Field("date", "2012-03-04") in story.outline.facts
    assert Field("author", "Ben Ortega") in story.outline.facts


def check_places(source: str, document: ExtractedDocument) -> None:
    """Every letter is at its place in the source, unless a reference stands for it there."""
    lines = source.split("\n")
    for offset, letter in enumerate(document.text.text):
        if letter.isspace():
            continue
        place = document.text.place(offset)
        rest = lines[place.line - 1][place.column - 1 :]
        assert rest.startswith((letter, "&")), (offset, letter, place)


def test_every_letter_is_at_its_place(story: ExtractedDocument) -> None:
    check_places(PAGE, story)


def test_places_past_line_65535() -> None:
    source = "\n" * 70_000 + "<p>" + " " * 70_000 + "Here it is.</p>"
    place = page(source).text.place(0)
    assert (place.line, place.column) == (70_001, 70_004)


_PIECES = ("<p>", "</p>", "<div>", "</div>", "<b>", "</b>", "<li>", "<td>", "<tr>", "<br>", "\n",
           "  ", "one", "Two. ", "&amp;", "&#233;", "é", "😀", "<pre>", "</pre>", "<!-- no -->",
           "<script>x</script>", "<h2>", "</h2>", "<a href='x'>", "</a>", "<table>",
           "</table>")  # fmt: skip


def test_random_tag_soup_loses_no_word_and_no_place() -> None:
    choose = random.Random(5)
    for _ in range(200):
        source = "".join(choose.choice(_PIECES) for _ in range(choose.randrange(1, 40)))
        blocks = html_blocks(source)
        said = "".join(block.text for block in blocks)
        assert said.count("one") == source.count("one")
        assert said.count("Two.") == source.count("Two.")
        lines = source.split("\n")
        for block in blocks:
            for text, place in block.pieces:
                if text.strip() and text not in "&é":
                    assert lines[place.line - 1].startswith(text, place.column - 1)


@given(nasty_bytes)
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    assert isinstance(read(b"<html>" + data), ExtractedDocument | NotText)


@pytest.mark.parametrize(
    ("declared", "codec"),
    [("utf-8", "utf-8"), ("iso-8859-1", "cp1252"), ("windows-1251", "cp1251"), ("x-none", "utf-8")],
)
def test_a_page_is_decoded_as_it_declares(declared: str, codec: str) -> None:
    said = "Москва" if codec == "cp1251" else "café"
    data = f'<meta charset="{declared}"><p>In {said} it rains.</p>'.encode(codec)
    assert page(data).text.text == f"In {said} it rains."


@pytest.mark.parametrize("depth", [9, 4000])
def test_deep_nesting_is_read(depth: int) -> None:
    found = page("<div>" * depth + "<p>Here." + "</div>" * depth)
    assert found.text.text == "Here."


def test_a_page_without_text_is_refused() -> None:
    assert isinstance(read(b"<html><script>x</script></html>"), NotText)
