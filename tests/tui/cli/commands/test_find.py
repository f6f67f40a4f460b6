import pytest

from tests.tui.fakes import Shell, assert_one_line_error


@pytest.fixture
def towns(shell: Shell) -> Shell:
    shell.write("mill.txt", "The mill was sold in May. It is very old.")
    text = "# Peru\n\n3 May 2011\n\nThe mills of Lima were sold. A mill is a mill.\n"
    shell.write("peru.md", text)
    assert shell.byline("index", "news").code == 0
    return shell


def test_places_are_grouped_by_article_and_counted(towns: Shell) -> None:
    ran = towns.byline("find", "mills")
    assert ran.code == 0
    assert ran.out.splitlines() == [
        "news/mill.txt",
        "    news/mill.txt:1:1  The mill was sold in May.",
        "",
        "Peru, 3 May 2011",
        "    news/peru.md:5:1  The mills of Lima were sold.",
        "    news/peru.md:5:30  A mill is a mill.",
    ]
    assert ran.err == "2 passages in 2 articles\n"
    nowhere = towns.byline("find", "lion")
    assert (nowhere.code, nowhere.out, nowhere.err) == (1, "", "0 passages in 0 articles\n")


def test_words_may_be_exact_a_phrase_or_limited_to_a_folder(towns: Shell) -> None:
    assert towns.byline("find", "--exact", "mills", "--json").json["articles"] == 1
    assert towns.byline("find", '"sold in May"', "--json").json["passages"] == 1
    assert towns.byline("find", "sold", "in", "May", "--in", "news/peru.md").code == 1


def test_places_as_json(towns: Shell) -> None:
    found = towns.byline("find", "mill", "--in", "news/peru.md", "--json").json
    (article,) = found["found"]
    assert (found["words"], found["passages"], found["articles"]) == ("mill", 1, 1)
    assert (article["path"], article["title"], article["date"]) == (
        "news/peru.md", "Peru", "2011-05-03"
    )  # fmt: skip
    assert article["places"][1] == {
        "line": 5, "column": 30, "end_line": 5, "end_column": 46, "status": "unchanged",
        "quote": "A mill is a mill.",
        "marks": [
            {"line": 5, "column": 32, "end_line": 5, "end_column": 35},
            {"line": 5, "column": 42, "end_line": 5, "end_column": 45},
        ],
    }  # fmt: skip
    (towns.news / "peru.md").unlink()
    ran = towns.byline("find", "Lima")
    assert ran.out.splitlines()[1:] == ["    news/peru.md:5:1  (file missing)"]


def test_nothing_to_find_is_an_error(shell: Shell) -> None:
    assert_one_line_error(shell.byline("find", "?"), "no word to find")
