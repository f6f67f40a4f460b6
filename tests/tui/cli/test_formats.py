"""Files of other formats from the command line: indexed, asked, shown, verified."""

import pytest

from tests.index.articles.formats.makers import column, pdf
from tests.tui.fakes import Shell

HTML = """<html><body><article>
<h1>The mill</h1>
<p>The mill
   was <b>sold</b> in May.</p></article></body></html>
"""
LINES = ["The old port of the town", "is closed since Friday.", "Nobody was there."]


@pytest.fixture
def formats(shell: Shell) -> Shell:
    shell.write("mill.html", HTML)
    (shell.news / "port.pdf").write_bytes(pdf([[], column(72, 700, LINES)]))
    ran = shell.byline("index", "news")
    assert ran.code == 0, ran.err
    assert "news/port.pdf: no text on page 1: scanned?" in ran.err
    return shell


def test_found_words_are_at_their_place_in_the_file(formats: Shell) -> None:
    assert "news/mill.html:3:4" in formats.byline("find", "mill sold").out
    assert "news/port.pdf:2:1" in formats.byline("find", "closed Friday").out


def test_answers_name_the_place_in_the_file(formats: Shell) -> None:
    said = formats.byline("ask", "The mill was sold in May.", "--threshold", "0", "--json").json
    citation = next(
        one for answer in said["answers"] for one in answer["citations"] if "mill" in one["path"]
    )
    assert citation["status"] == "unchanged"
    place = citation["quote_place"]
    assert (place["line"], place["column"], place["end_line"]) == (3, 4, 4)
    assert citation["quote"] == "The mill was sold in May."


def test_a_page_is_in_the_json_of_its_places(formats: Shell) -> None:
    found = formats.byline("find", "closed Friday", "--json").json["found"][0]["places"][0]
    assert (found["page"], found["line"], found["end_page"], found["end_line"]) == (2, 1, 2, 2)


def test_a_place_is_shown(formats: Shell) -> None:
    ran = formats.byline("show", "news/port.pdf:2:2", "--around", "1")
    assert ran.out.splitlines() == [
        "  2:1  The old port of the town",
        "> 2:2  is closed since Friday.",
        "  2:3  Nobody was there.",
    ]
    assert "news/port.pdf:2:2" in ran.err
    html = formats.byline("show", "news/mill.html:3", "--around", "0", "--json").json
    assert html["lines"] == [{"line": 3, "text": "The mill was sold in May."}]
    assert formats.byline("show", "news/port.pdf:9:1").code == 2


def test_a_place_that_moved_is_followed(formats: Shell) -> None:
    formats.write("mill.html", HTML.replace("<article>", "<article>\n\n<p>New.</p>\n"))
    ran = formats.byline("show", "news/mill.html:3", "--around", "0")
    assert "from line 3 to line 6" in ran.err
    assert ran.out == "> 6  The mill was sold in May.\n"
    formats.write("mill.html", HTML.replace("sold", "burnt"))
    assert "changed since indexing" in formats.byline("show", "news/mill.html:3").err


def test_the_structure_of_a_file_of_another_format(formats: Shell) -> None:
    lines = formats.byline("show", "news/mill.html", "--structure").out.splitlines()
    assert lines[0].split() == ["1", "title", "1", "The", "mill"]


def test_json_lines_are_read_by_the_fields_of_the_settings(shell: Shell) -> None:
    shell.write("wire.jsonl", '{"body": "The mill is sold."}\n{"body": \n{"body": "It is shut."}\n')
    assert "[formats.jsonl]" in shell.byline("index", "news").err
    shell.set("[formats.jsonl]", "text = 'body'")
    ran = shell.byline("index", "news")
    assert ran.code == 0, ran.err
    assert "news/wire.jsonl: line skipped: 2 (no JSON object)" in ran.err
    assert "news/wire.jsonl:3:11" in shell.byline("find", "shut").out
    assert shell.byline("show", "news/wire.jsonl:3").code == 0
