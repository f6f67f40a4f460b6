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


def test_filters_are_applied_and_what_has_no_date_is_counted(towns: Shell) -> None:
    ran = towns.byline("find", "sold", "--since", "2011-05", "--until", "2011-05-03")
    assert ran.out.splitlines()[0] == "Peru, 3 May 2011"
    assert ran.err == "1 passage in 1 article\n1 article has no date and was left out.\n"
    found = towns.byline("find", "sold", "--since", "3 May 2011", "--json").json
    assert found["filters"] == {"in": [], "since": "2011-05-03", "until": None, "where": []}
    assert (found["undated"], found["articles"]) == (1, 1)
    refused = towns.byline("find", "sold", "--until", "2010")
    assert_one_line_error(refused, "no article is dated 2010-12-31 or earlier")
    assert_one_line_error(towns.byline("find", "sold", "--since", "soon"), "write 2011, 2011-07")
    assert_one_line_error(towns.byline("find", "sold", "--where", "author"), "FIELD=VALUE")
