from datetime import date

import pytest

from index.articles.boilerplate import normalised
from index.articles.metadata import Metadata, front_matter, read_metadata

BODY = "The port is to be closed, the council said, for it is old and nobody has the money. " * 3


def metadata(*paragraphs: str) -> Metadata:
    return read_metadata(front_matter(paragraphs), paragraphs, [*map(normalised, paragraphs)])


def matter(block: str) -> Metadata:
    return front_matter(["---", *block.split("\n"), "---", "The body."])


def test_a_markdown_heading_is_the_title() -> None:
    assert metadata("Ann Smith for The Paper", "## The port #", BODY).title == "The port"


def test_a_repeated_line_is_the_title() -> None:
    found = metadata("A much longer line than the title", "Port to close", BODY, "Port to close")
    assert found.title == "Port to close"


def test_the_longest_line_above_the_first_paragraph_is_the_title() -> None:
    found = metadata("World news", "Port to close in May", "12 May 2010", "Share", BODY, "x " * 40)
    assert found.title == "Port to close in May"


@pytest.mark.parametrize(
    "line", ["Share on Facebook", "PORT", "The port is old.", "By order of:", "Lima, 12 May 2010"]
)
def test_a_line_unlike_a_headline_is_not_the_title(line: str) -> None:
    assert metadata(line, BODY).title is None


def test_a_date_line_gives_the_date() -> None:
    assert metadata("Port to close", "12 May 2010", BODY).date == date(2010, 5, 12)


def test_front_matter_gives_title_and_date() -> None:
    found = matter("title: 'Port: closed'\nDate: 2010-05-12\ntags: [a, b]")
    assert found == Metadata("Port: closed", date(2010, 5, 12), 5)


def test_front_matter_comes_before_the_text_below() -> None:
    lines = ["---", "title: Port to close", "---", "# Other", "12 May 2010"]
    assert read_metadata(front_matter(lines), lines[3:], lines[3:]) == Metadata(
        "Port to close", date(2010, 5, 12), 3
    )


@pytest.mark.parametrize(
    "lines",
    [
        [],
        ["The body.", "---", "title: x", "---"],
        ["---", "title: x"],
        ["---", *["x: y"] * 200, "---"],
        ["---", "title: " + "x" * 9_000, "---"],
        ["---", "- a list", "---"],
        ["---", "title: [unclosed", "---"],
        ["---", "just words", "---"],
    ],
)
def test_anything_else_is_not_front_matter(lines: list[str]) -> None:
    assert front_matter(lines) == Metadata()


@pytest.mark.slow
@pytest.mark.parametrize(
    "block",
    [
        "!!bool x",
        "a: !!int ''",
        "date: !!timestamp x",
        "title: !!python/object/apply:os.system ['true']",
        "date: 0x" + "f" * 5000,
        "date: " + "9" * 5000,
        "title: {a: b}\ndate: [2010-05-12]",
        "title: &a [*a]",
        "? [a, b]\n: c",
        "date: 2010-99-99",
        "[" * 5000,
        "title: \x00\x07",
        "%YAML 9.9",
    ],
)
def test_hostile_front_matter_yields_nothing_and_raises_nothing(block: str) -> None:
    assert matter(block).title is None
    assert matter(block).date is None


def test_front_matter_that_would_expand_without_limit_is_not_expanded() -> None:
    laughs = ["a0: &a0 [ha, ha]"]
    merges = ["b0: &b0 {ha: ha}"]
    for i in range(1, 60):
        laughs.append(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]")
        merges.append(f"b{i}: &b{i} {{<<: [{', '.join([f'*b{i - 1}'] * 9)}]}}")
    found = matter("\n".join([*laughs, *merges, "date: *a59", "title: Port"]))
    assert (found.title, found.date) == ("Port", None)


@pytest.mark.parametrize(
    ("top", "title"),
    [
        ("# a" + 3_900 * " " + "b", "a b"),
        ("# a" + 50_000 * " #" + "b", None),
        ("# The port" + 2_000 * " " + "#" * 1_900, "The port"),
        ("# a" + 100_000 * " " + "b", None),
        ("Published" + 100_000 * "." + "x 8 July 2008 - It began.", None),
        ("A" + 100_000 * "." + "x 8 July 2008 - It began.", None),
    ],
)
def test_no_top_of_an_article_takes_excessive_time(top: str, title: str | None) -> None:
    found = metadata(top, BODY)
    assert found.date is None
    assert found.title == title or title is None
