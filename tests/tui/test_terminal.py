"""Real processes, on pipes and on a pseudo-terminal."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tui.fakes import Shell
from tests.tui.terminal import FAKED, PLAIN, STYLE, all_on_terminal, environment, on_terminal, piped

pytestmark = pytest.mark.slow

QUESTION = "the port is closed since a ship ran aground there last night"
CURSOR = re.compile(r"\x1b\[[0-9]*[AK]")


@pytest.fixture
def home(shell: Shell) -> Path:
    """A home with one hostile article."""
    shell.write("port.txt", f"{QUESTION}. So \x1b[35mit\x1b]52;c;aGk=\x07 [red]is[/red].")
    assert shell.byline("index", "news").code == 0
    return shell.home


def test_on_a_terminal_locations_are_coloured_and_article_text_is_neutralised(home: Path) -> None:
    written = on_terminal(home, "ask", QUESTION, "--threshold", "0", "--top", "9")
    assert "\x1b[36mnews/port.txt:1:1\x1b[0m" in written
    plain = STYLE.sub("", written)
    assert "\x1b" not in plain
    assert "\x07" not in plain
    assert "\x1b[35m" not in written
    assert "So ␛[35mit␛]52;c;aGk=␇ [red]is[/red]." in plain
    shown = on_terminal(home, "show", "news/port.txt:1")
    assert "\x1b[1m> 1  the port" in shown
    assert "\x1b[35m" not in shown
    assert "\x1b]52" not in shown


@pytest.mark.parametrize("more", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_no_colour_with_no_color_or_on_a_dumb_terminal(home: Path, more: dict[str, str]) -> None:
    commands = [["ask", QUESTION], ["show", "news/port.txt:1"], ["check"]]
    written = all_on_terminal(home, commands, more=more)
    assert "\x1b" not in written
    assert "> 1  the port" in written
    assert "all checksums match" in written


def test_on_a_narrow_terminal_a_quote_is_wrapped_between_words(home: Path) -> None:
    written = on_terminal(home, "ask", QUESTION, "--top", "1", columns=24, more=PLAIN)
    *quote, place = written.splitlines()
    assert quote == ["the port is closed since", "a ship ran aground there", "last night."]
    assert place.startswith("    news/port.txt:1:1  ")
    narrowest = on_terminal(home, "ask", QUESTION, "--top", "1", columns=1, more=PLAIN)
    assert narrowest.startswith("the port is closed\nsince a ship ran\n")


def test_a_build_on_a_terminal_leaves_its_summary_and_no_bar(home: Path) -> None:
    (home / "news" / "mill.txt").write_text("The mill was sold.", encoding="utf-8")
    written = on_terminal(home, "index")
    last = CURSOR.sub("", written.splitlines()[-1])
    assert last.startswith("2 articles, 2 passages: 1 added, ")


def test_a_pipe_gets_no_escape_code_and_no_wrapping(home: Path) -> None:
    ended = piped(home, ["ask", QUESTION, "--top", "1"], {"COLUMNS": "20", "FORCE_COLOR": "1"})
    assert ended.returncode == 0
    assert ended.stdout.decode().splitlines()[0] == f"{QUESTION}."
    assert b"\x1b" not in ended.stdout + ended.stderr


def test_a_closed_pipe_ends_the_batch_without_an_error(home: Path) -> None:
    process = subprocess.Popen(
        [*FAKED, "ask", "-", "--json"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        cwd=home, env=environment(home),
    )  # fmt: skip
    assert process.stdin
    assert process.stdout
    assert process.stderr
    process.stdin.write(f"{QUESTION}\n".encode())
    process.stdin.flush()
    assert process.stdout.readline().startswith(b'{"id": null')
    process.stdout.close()
    process.stdin.write(f"{QUESTION}\n".encode() * 3)
    process.stdin.close()
    errors = process.stderr.read()
    process.stderr.close()
    assert (process.wait(), errors) == (0, b"")


@pytest.mark.parametrize("arguments", [["ask", QUESTION], ["check", "--json"]])
def test_output_that_cannot_be_written_is_a_one_line_error(
    home: Path, arguments: list[str]
) -> None:
    with Path("/dev/full").open("wb") as full:
        ended = subprocess.run(
            [*FAKED, *arguments],
            cwd=home, env=environment(home), stdout=full, stderr=subprocess.PIPE, check=False,
        )  # fmt: skip
    assert ended.returncode == 2
    assert ended.stderr == b"byline: No space left on device\n"


def test_a_deleted_working_folder_is_a_one_line_error(home: Path) -> None:
    script = f"mkdir gone && cd gone && rmdir ../gone && exec {' '.join(FAKED)} index ."
    ended = subprocess.run(
        ["/bin/sh", "-c", script], cwd=home, env=environment(home), capture_output=True, check=False
    )
    assert ended.returncode == 2
    assert ended.stderr.startswith(b"byline: ")
    assert ended.stderr.count(b"\n") == 1


def test_the_command_and_the_module_are_the_same(home: Path) -> None:
    for command in ([sys.executable, "-m", "tui"], [str(Path(sys.executable).parent / "byline")]):
        ended = subprocess.run(
            [*command, "nonsense"],
            cwd=home,
            env=environment(home),
            capture_output=True,
            check=False,
        )
        assert ended.returncode == 2
        assert ended.stderr == b"byline: No such command 'nonsense'.\n"


def test_commands_and_options_are_completed(home: Path) -> None:
    words = {"_BYLINE_COMPLETE": "bash_complete", "COMP_WORDS": "byline sh", "COMP_CWORD": "1"}
    assert piped(home, [], words).stdout == b"plain,show\n"
    words |= {"COMP_WORDS": "byline ask --th", "COMP_CWORD": "2"}
    assert piped(home, [], words).stdout == b"plain,--threshold\n"
