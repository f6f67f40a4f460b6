from pathlib import Path

import pytest

from tests.tui.fakes import Shell, assert_one_line_error


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nonsense"], "No such command 'nonsense'"),
        (["--nonsense"], "No such option '--nonsense'"),
        (["index", "nowhere"], "no such file or folder: nowhere"),
        (["index"], "nothing to index yet; name a folder: byline index FOLDER"),
        (["index", "--forget", "news"], "news is not among the indexed folders"),
        (["index", "--max-bytes", "0"], "0 is not in the range"),
        (["index", "news", "--index", "news/of/index"], "lies inside news; put it elsewhere"),
        (["index", "news", "--index", "news"], "lies inside news; put it elsewhere"),
        (["index", "news", "--index", "news/a.txt"], "is a file"),
        (["index", "news", "--index", "."], "is not an index"),
        (["show", "news/a.txt"], "news/a.txt is not PATH:LINE, as in ~/news/2011.txt:11"),
        (["show", ""], "is not PATH:LINE"),
        (["show", "a.txt:x"], "is not PATH:LINE"),
        (["show", ":3"], "is not PATH:LINE"),
        (["show", "a.txt:-3"], "is not PATH:LINE"),
        (["show", "a.txt:" + "9" * 5000], "is not PATH:LINE"),
        (["show", "a.txt:1", "--index", "nowhere"], "nothing is indexed in nowhere"),
        (["check", "--index", "nowhere"], "nothing is indexed in nowhere"),
        (["ask", "who?", "--index", "news/a.txt"], "is a file"),
        (["completion", "tcsh"], "'tcsh' is not one of 'bash', 'zsh', 'fish'"),
    ],
)
def test_an_impossible_request_is_a_one_line_error(
    shell: Shell, arguments: list[str], message: str
) -> None:
    shell.write("a.txt", "The port is closed.")
    assert_one_line_error(shell.byline(*arguments), message)


def test_an_index_inside_the_articles_writes_nothing(shell: Shell) -> None:
    shell.write("a.txt", "The port is closed.")
    shell.byline("index", "news", "--index", "news/index")
    assert [path.name for path in shell.news.iterdir()] == ["a.txt"]


def test_a_folder_without_articles_is_an_error(shell: Shell) -> None:
    shell.news.mkdir()
    ran = shell.byline("index", "news")
    assert ran.code == 2
    assert "no articles to index" in ran.err.splitlines()[-1]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("indx = 'a'", "indx"),
        ("top = 'three'", "top"),
        ("top = 0", "top"),
        ("top = 21", "top"),
        ("threshold = 1.5", "threshold"),
        ("max_bytes = 0", "max_bytes"),
        ("top = ", "line 1"),
        ("[index]", "index"),
    ],
)
@pytest.mark.parametrize("command", [["ask", "who?"], ["index", "news"]])
def test_an_invalid_settings_file_is_named(
    shell: Shell, line: str, message: str, command: list[str]
) -> None:
    shell.write("a.txt", "The port is closed.")
    shell.set(line)
    assert_one_line_error(shell.byline(*command), str(shell.settings), message)


def test_a_settings_file_that_is_not_text_is_named(shell: Shell) -> None:
    shell.settings.parent.mkdir(parents=True)
    shell.settings.write_bytes(b"index = '\xff'\n")
    assert_one_line_error(shell.byline("check"), str(shell.settings))
    shell.settings.unlink()
    shell.settings.mkdir()
    assert_one_line_error(shell.byline("check"), str(shell.settings))


def test_an_interrupted_command_says_that_finished_work_was_kept(shell: Shell) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    shell.write("a.txt", "The port is closed.")
    shell.patch.setattr("tui.jobs.build_job.find_model", interrupted)
    ran = shell.byline("index", "news")
    assert (ran.code, ran.out) == (130, "")
    assert ran.err.strip() == "byline: interrupted. Finished work was kept."


def test_a_deleted_working_folder_does_not_prevent_a_question(
    indexed: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    here.rmdir()
    ran = indexed.byline("ask", "the port is closed.", "--json")
    path = f"{indexed.news}/port.txt"
    assert ran.code == 0
    assert ran.json["answers"][0]["citations"][0]["path"] == path


def test_a_question_without_a_command_is_answered_with_the_command(shell: Shell) -> None:
    ran = shell.byline("Who signed?")
    assert (ran.code, ran.out) == (2, "")
    assert 'byline ask "Who signed?"' in ran.err


def test_the_chat_in_a_browser_names_its_extra(shell: Shell) -> None:
    shell.patch.setattr("index.errors.find_spec", lambda _: None)
    assert_one_line_error(shell.byline("chat", "--web", "--bundled"), "byline[web]")
