from index.articles.bundled import bundled_articles
from tests.tui.fakes import Shell

ASKED = "Who signed the radar treaty?"


def test_without_an_index_the_bundled_articles_are_asked(shell: Shell) -> None:
    ran = shell.byline("ask", ASKED, "--threshold", "0", "--json")
    assert ran.code == 0
    assert ran.err.startswith("You have no index yet; this asks the articles that come with Byline")
    paths = [one["path"] for answer in ran.json["answers"] for one in answer["citations"]]
    assert paths
    assert all(path.startswith(f"{bundled_articles()}/") for path in paths)
    assert (shell.home / "data/byline/bundled/CURRENT").is_file()
    assert not shell.index.exists()


def test_the_second_time_nothing_is_built_and_nothing_said(shell: Shell) -> None:
    shell.byline("ask", ASKED)
    embedded = shell.models.embedded
    assert embedded > 0
    ran = shell.byline("ask", ASKED, "--threshold", "0")
    assert (ran.code, ran.err) == (0, "")
    assert shell.models.embedded == embedded


def test_an_index_of_one_s_own_is_asked_instead(shell: Shell) -> None:
    shell.byline("ask", ASKED)
    shell.write("a.txt", "the port is closed.")
    shell.byline("index", "news")
    told = shell.byline("ask", ASKED, "--threshold", "0", "--json").json
    paths = {one["path"] for answer in told["answers"] for one in answer["citations"]}
    assert paths == {"news/a.txt"}


def test_the_bundled_index_follows_when_byline_moves(shell: Shell) -> None:
    for name in ("old", "new"):
        place = shell.home / name / "bundled"
        place.mkdir(parents=True)
        (place / "a.txt").write_text("the port is closed.", encoding="utf-8")
        shell.patch.setattr("tui.jobs.bundled.bundled_articles", lambda place=place: place)
        told = shell.byline("ask", "the port is closed.", "--json").json
        assert told["answers"][0]["citations"][0]["path"] == str(place / "a.txt")
        assert len(told["answers"][0]["citations"]) == 1


def test_a_bundled_index_that_is_damaged_is_made_anew(shell: Shell) -> None:
    shell.byline("ask", ASKED)
    (vectors,) = (shell.home / "data/byline/bundled/generations").glob("*/segments/*/vectors.f16")
    vectors.write_bytes(b"")
    assert shell.byline("ask", ASKED, "--threshold", "0").code == 0


def test_a_bundled_line_can_be_shown(shell: Shell) -> None:
    path = min(bundled_articles().glob("*.txt"))
    assert shell.byline("show", f"{path}:1", "--json").json["status"] == "unchanged"
