import pytest

from index.articles.front_matter import Fact, FrontMatter, front_matter


def matter(text: str) -> FrontMatter:
    return front_matter(text.split("\n"))


def test_yaml_toml_and_pelican_are_read_with_their_lines() -> None:
    assert matter("---\ntitle: 'Port: closed'\nauthors:\n  - Ada\n  - Nils\n---\nIt is.") == (
        FrontMatter(
            6, (Fact("title", ("Port: closed",), 1, 1), Fact("authors", ("Ada", "Nils"), 2, 4))
        )
    )
    assert matter('+++\ntitle = "A night"\ntags = ["a", "b"]\n+++\n').facts == (
        Fact("title", ("A night",), 1, 1),
        Fact("tags", ("a", "b"), 2, 2),
    )
    assert matter("Title: The bells\nDate: 2018-11-23\n\nThey ring.") == (
        FrontMatter(2, (Fact("Title", ("The bells",), 0, 0), Fact("Date", ("2018-11-23",), 1, 1)))
    )


def test_an_error_in_one_line_costs_no_other() -> None:
    found = matter("---\ntitle: Ice: a history\n@@\nauthor: Sven: the younger\n---\n")
    assert found.title == "Ice: a history, @@"
    assert found.values["author"] == "Sven: the younger"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "The body.\n---\ntitle: x\n---",
        "---\ntitle: x",
        "---\n" + "x: y\n" * 200 + "---",
        "---\ntitle: " + "x" * 3_000 + "\n---",
        "---\n- a list\n---",
        "---\njust words\n---",
        "Date: 12 May 2010\n\nIt rained.",
        "Title: The bells\nSung: by Ada\n\nThey ring.",
        "Note: it rained\nDate: 12 May\n",
    ],
)
def test_anything_else_is_not_front_matter(text: str) -> None:
    assert matter(text) == FrontMatter()


@pytest.mark.parametrize("block", ["[" * 1_900, "a: !!int ''", "? [a, b]\n: c", "%YAML 9.9"])
def test_hostile_front_matter_raises_nothing(block: str) -> None:
    assert matter(f"---\n{block}\n---").title == ""
