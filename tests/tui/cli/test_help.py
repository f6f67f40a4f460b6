import pytest

from tests.tui.fakes import Shell

COMMANDS = (
    "index",
    "ask",
    "find",
    "show",
    "verify",
    "check",
    "eval",
    "serve",
    "mcp",
    "cluster",
    "bench",
    "completion",
)


def test_byline_alone_prints_its_help(shell: Shell) -> None:
    ran = shell.byline()
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("Usage: byline [OPTIONS] [COMMAND] [ARGS]...")
    for command in COMMANDS:
        assert f"\n  {command} " in ran.out
    assert "Exit codes: 0 " in ran.out
    assert shell.byline("--help").out == ran.out
    assert not (shell.home / "data").exists()


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_of_each_command_has_an_example(shell: Shell, command: str) -> None:
    ran = shell.byline(command, "--help")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(f"Usage: byline {command} ")
    _, examples = ran.out.split("Example", 1)
    assert f"byline {command} " in examples
    assert max(len(line) for line in ran.out.splitlines()) <= 100
    assert shell.byline(command, "-h").out == ran.out


@pytest.mark.parametrize(
    ("what", "text"),
    [
        ("index", "bare loop over the same batches"),
        ("read", "bare network"),
        ("serve", "in one process"),
    ],
)
def test_each_benchmark_says_what_it_measures(shell: Shell, what: str, text: str) -> None:
    ran = shell.byline("bench", what, "--help")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(f"Usage: byline bench {what} [OPTIONS]\n")
    assert text in ran.out
    assert f"byline bench {what}" in shell.byline("bench", "--help").out


@pytest.mark.parametrize("command", [("ask",), ("check",), ("index",), ("bench", "read")])
def test_commands_that_read_take_a_reader(shell: Shell, command: tuple[str, ...]) -> None:
    page = shell.byline(*command, "--help").out
    assert "--reader NAME_OR_PATH" in page
    assert "[default:" in page.split("--reader")[1]


def test_the_help_says_what_the_threshold_is_calibrated_on(shell: Shell) -> None:
    page = " ".join(shell.byline("ask", "--help").out.split())
    assert "calibrated on SQuAD dev articles" in page
    assert "held-out" not in page


def test_the_version_is_printed(shell: Shell) -> None:
    ran = shell.byline("--version")
    assert ran.code == 0
    assert ran.out.startswith("byline, version ")


@pytest.mark.parametrize("shell_name", ["bash", "zsh", "fish"])
def test_a_completion_script_asks_byline_itself(shell: Shell, shell_name: str) -> None:
    ran = shell.byline("completion", shell_name)
    assert (ran.code, ran.err) == (0, "")
    assert f"_BYLINE_COMPLETE={shell_name}_complete" in ran.out
