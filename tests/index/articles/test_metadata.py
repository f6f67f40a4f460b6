import pytest

from index.articles.blocks import Kind
from index.articles.formats.reading import read_document
from index.articles.metadata import name_of
from index.articles.parse import Structure, structure_of
from index.articles.text import NotText

BODY = "The port is to be closed, the council said, for it is old and nobody has the money. " * 3


def structure(*paragraphs: str, path: str = "") -> Structure:
    document = read_document("\n\n".join(paragraphs).encode(), path)
    assert not isinstance(document, NotText)
    return structure_of(document)


def title(*paragraphs: str, path: str = "") -> str:
    return structure(*paragraphs, path=path).title


def test_a_first_heading_of_the_first_level_is_the_title() -> None:
    assert title("Ann Smith for The Paper", "# The port #", BODY, path="a.md") == "The port"
    assert title("The port\n===", BODY) == "The port"


def test_a_lower_or_later_heading_is_not_the_title() -> None:
    assert title(BODY, "## General", BODY, path="a.md") == ""
    assert title("## General", BODY, "# Late", path="a.md") == ""


def test_front_matters_title_comes_first() -> None:
    assert title("---\ntitle: Port to close\n---\n# Other", BODY) == "Port to close"


def test_a_repeated_line_is_the_title() -> None:
    found = title("A much longer line than the title", "Port to close", BODY, "Port to close")
    assert found == "Port to close"


def test_the_longest_line_above_the_first_paragraph_is_the_title() -> None:
    top = ("World news", "Port to close in May", "By Ann Smith of The Paper", "12 May 2010")
    assert title(*top, "Share", BODY, "x " * 40) == "Port to close in May"


@pytest.mark.parametrize(
    "line",
    [
        "Share on Facebook", "PORT", "The port is old.", "By order of:", "Lima, 12 May 2010",
        "The dockers went back to work at dawn after Helge Strom told them “the fight is over.”",
        "Judge Quill freed the baker on Friday, and called the charge of theft “a heap of crumbs”",
        "by Edith Marlowe", "- tents and water", "Anna: he comes", "Name: Ada Quill",
    ],
)  # fmt: skip
def test_a_line_unlike_a_headline_is_not_the_title(line: str) -> None:
    assert title(line, BODY) == ""


def test_a_headline_may_end_with_a_quotation() -> None:
    assert title("Mayor says “the toll is dead”", BODY) == "Mayor says “the toll is dead”"


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("notes/Torsund ferry.md", "Torsund ferry"), ("2021-03-17-dam_at_ulvik.md", "dam at ulvik"),
        ("a.md", ""), ("0012.txt", ""), ("", ""), ("20210317 Dam.txt", "Dam"),
    ],
)  # fmt: skip
def test_a_files_name_is_made_readable(path: str, name: str) -> None:
    assert name_of(path) == name


def test_lines_above_the_text_are_marked() -> None:
    kinds = [block.kind for block in structure("The Paper", "Port to close", "12 May", BODY).blocks]
    assert kinds == [Kind.BYLINE, Kind.TITLE, Kind.BYLINE, Kind.PARAGRAPH]


def test_lines_above_a_list_are_paragraphs() -> None:
    kinds = [block.kind for block in structure("The finalists are:", "- Salt", BODY).blocks]
    assert kinds == [Kind.PARAGRAPH, Kind.ITEM, Kind.PARAGRAPH]


def test_facts_of_front_matter_are_blocks_with_their_fences() -> None:
    found = structure("---\ntitle: 'A'\nauthor: Ada\n---\n" + BODY)
    first, second, _ = found.blocks
    assert (first.span.start, second.kind) == (0, Kind.FRONT_MATTER)
    assert [edit.text for edit in second.edits] == ["Written by ", "", "."]


@pytest.mark.parametrize(
    "top",
    [
        "# a" + 3_900 * " " + "b",
        "# a" + 50_000 * " #" + "b",
        "# The port" + 2_000 * " " + "#" * 1_900,
        "Published" + 100_000 * "." + "x 8 July 2008 - It began.",
    ],
)
def test_no_top_of_an_article_takes_excessive_time(top: str) -> None:
    for path in ("a.md", "a.txt"):
        assert structure(top, BODY, path=path).blocks
