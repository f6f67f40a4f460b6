from index.articles.bundled import bundled_articles
from tests.tui.fakes import Shell

QUESTION = "Who signed the radar treaty?"


def test_without_an_index_the_bundled_articles_are_asked(shell: Shell) -> None:
    ran = shell.byline("ask", QUESTION, "--threshold", "0", "--json")
    assert ran.code == 0
    assert "the bundled articles" in ran.err.splitlines()[0]
    paths = [citation["path"] for answer in ran.json["answers"] for citation in answer["citations"]]
    assert paths
    assert all(path.startswith(f"{bundled_articles()}/") for path in paths)
    assert (shell.home / "data/byline/bundled/CURRENT").is_file()
    assert not shell.index.exists()


def test_the_second_time_nothing_is_built_and_nothing_printed(shell: Shell) -> None:
    shell.byline("ask", QUESTION)
    embedded = shell.models.embedded
    assert embedded > 0
    ran = shell.byline("ask", QUESTION, "--threshold", "0")
    assert ran.code == 0
    assert [line for line in ran.err.splitlines() if not line.startswith("Perhaps: ")] == []
    assert shell.models.embedded == embedded


def test_the_user_s_own_index_is_asked_instead(shell: Shell) -> None:
    shell.byline("ask", QUESTION)
    shell.write("a.txt", "the port is closed.")
    shell.byline("index", "news")
    reply = shell.byline("ask", QUESTION, "--threshold", "0", "--json").json
    paths = {citation["path"] for answer in reply["answers"] for citation in answer["citations"]}
    assert paths == {"news/a.txt"}


def test_the_bundled_index_is_updated_when_byline_moves(shell: Shell) -> None:
    for name in ("old", "new"):
        folder = shell.home / name / "bundled"
        folder.mkdir(parents=True)
        (folder / "a.txt").write_text("the port is closed.", encoding="utf-8")
        shell.patch.setattr("tui.jobs.bundled.bundled_articles", lambda folder=folder: folder)
        reply = shell.byline("ask", "the port is closed.", "--json").json
        assert reply["answers"][0]["citations"][0]["path"] == str(folder / "a.txt")
        assert len(reply["answers"][0]["citations"]) == 1


def test_a_damaged_bundled_index_is_rebuilt(shell: Shell) -> None:
    shell.byline("ask", QUESTION)
    (vectors,) = (shell.home / "data/byline/bundled/generations").glob("*/segments/*/vectors.f16")
    vectors.write_bytes(b"")
    assert shell.byline("ask", QUESTION, "--threshold", "0").code == 0


def test_a_bundled_line_can_be_shown(shell: Shell) -> None:
    path = min(bundled_articles().glob("*.txt"))
    assert shell.byline("show", f"{path}:1", "--json").json["status"] == "unchanged"
