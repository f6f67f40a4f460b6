"""The command line: `byline` and its commands."""

import importlib
import os
import sys
from contextlib import suppress
from importlib.util import find_spec
from typing import Any

import click

from index.errors import BylineError, path_and_reason
from tui.exit_codes import Exit
from tui.output.sanitise import visible

_COMMANDS = {
    "chat": "Ask in a chat; the same as plain `byline`.",
    "index": "Read articles and make them ready for questions.",
    "ask": "Ask a question; the answer is quoted with its file and line.",
    "show": "Show a cited line as it stands in its file now.",
    "verify": "Tell whether the quotes of an exported conversation still stand.",
    "check": "Look whether models, index and articles are sound.",
    "eval": "Ask a question set: how good are the answers, and why did some fail?",
    "bench": "Measure speed, as ratios to what this machine can do.",
    "completion": "Print the completion script for your shell.",
}
"""Each stands in a module of its own, which only its use imports."""


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if " " in cmd_name:
            raise click.UsageError(f'to ask a question: byline ask "{cmd_name}"')
        if cmd_name not in _COMMANDS:
            return None
        if cmd_name == "bench" and find_spec("tui.bench") is None:
            if ctx.resilient_parsing:  # completion
                return None
            raise click.UsageError("the benchmarks are not installed: run them from a checkout")
        module = "tui.bench.command" if cmd_name == "bench" else f"tui.cli.commands.{cmd_name}"
        command = importlib.import_module(module).command
        assert isinstance(command, click.Command)
        return command

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            # Who read our answers went away; click would exit as if there were no answer.
            _let_output_go()
            return Exit.DONE

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


@click.group(
    cls=_Commands,
    subcommand_metavar="[COMMAND] [ARGS]...",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="""\b
Examples:
  byline                                         the chat; over the bundled articles, to begin with
  byline ask "Who signed the radar treaty?"      one question
  byline index ~/news                            make your own articles ready
  byline ask "Who is Russia's NATO envoy?"       then ask them
  byline show ~/news/2011.txt:11                 see a cited line in its place
  byline check                                   is everything sound and up to date?

Exit codes: 0 done or answered, 1 no answer, 2 an error.""",
)
@click.version_option(package_name="byline")
def cli() -> None:
    """Ask a folder of articles; get the answer quoted letter for letter, with its file and line.

    Nothing is generated and nothing leaves this machine. Where the articles do not say, Byline
    says that. Without a command, it opens the chat.
    """


def main() -> None:
    """Run a command; whatever a person can mend is one line on stderr, never a traceback."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:  # closed by the shell, as in `byline check >&-`
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: PTH123, SIM115
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run a command and give its exit code."""
    try:
        given = arguments or _without_arguments()
        code = cli.main(given, prog_name="byline", standalone_mode=False)
        return int(code or Exit.DONE)
    except BylineError as error:
        click.echo(f"byline: {visible(error.title)}: {visible(error.message)}", err=True)
        return Exit.ERROR
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return Exit.ERROR
    except click.ClickException as error:
        click.echo(f"byline: {visible(error.format_message())}", err=True)
        return Exit.ERROR
    except (KeyboardInterrupt, click.Abort):
        click.echo("byline: interrupted; nothing that was finished is lost", err=True)
        return Exit.INTERRUPTED
    except OSError as error:
        click.echo(f"byline: {visible(path_and_reason(error))}", err=True)
        _let_output_go()
        return Exit.ERROR


def _without_arguments() -> list[str]:
    """Choose what plain `byline` does: the chat on a terminal, else its help."""
    return ["chat"] if sys.stdin.isatty() and sys.stdout.isatty() else ["--help"]


def _let_output_go() -> None:
    """Keep the interpreter from trying again at exit to write what cannot be written."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
