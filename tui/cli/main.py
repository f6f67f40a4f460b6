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
from tui.output.console import notice

_COMMANDS = {
    "chat": "Start the chat (default).",
    "index": "Index articles, or update the index.",
    "ask": "Answer a question with quotes from the articles.",
    "find": "Find every passage that holds some words.",
    "show": "Show a cited line in its article.",
    "verify": "Check the quotes of a text against the articles.",
    "check": "Check models, index and articles for problems.",
    "eval": "Evaluate the answers to a question set.",
    "serve": "Answer over HTTP on this machine.",
    "mcp": "Offer the articles to an assistant, over MCP.",
    "cluster": "Index and ask on a Ray cluster, in shards.",
    "bench": "Measure speed against the limits of this machine.",
    "completion": "Print a shell completion script.",
}
"""Each is a module that is imported only when it is used."""


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if " " in cmd_name:
            raise click.UsageError(f'to ask a question, use: byline ask "{cmd_name}"')
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
            # The reader of our output is gone; click would exit with 1, which means no answer.
            _discard_output()
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
  byline                                         chat; at first about the bundled articles
  byline ask "Who signed the radar treaty?"      ask one question
  byline index ~/news                            index your own articles
  byline ask "Who is Russia's NATO envoy?"       ask them
  byline find missile shield                     every passage that holds the words
  byline show ~/news/2011.txt:11                 show a cited line
  byline check                                   look for problems

Exit codes: 0 success or answered, 1 no answer, 2 error.""",
)
@click.version_option(package_name="byline")
def cli() -> None:
    """Answer questions from a folder of articles, quoted verbatim with file and line.

    Runs offline and generates nothing. If the articles have no confident answer, Byline says so.
    Without a command, it starts the chat.
    """


def main() -> None:
    """Run the command of this process and exit with its code."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:  # closed by the shell, as in `byline check >&-`
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: PTH123, SIM115
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run a command and return its exit code; an expected error is one line on stderr."""
    try:
        code = cli.main(arguments or _default(), prog_name="byline", standalone_mode=False)
        return int(code or Exit.DONE)
    except BylineError as error:
        notice(f"{error.title}: {error.message}")
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
    except click.ClickException as error:
        notice(error.format_message())
    except (KeyboardInterrupt, click.Abort):
        notice("interrupted. Finished work was kept.")
        return Exit.INTERRUPTED
    except OSError as error:
        notice(path_and_reason(error))
        _discard_output()
    return Exit.ERROR


def _default() -> list[str]:
    """Return what plain `byline` does: the chat on a terminal, else its help."""
    return ["chat"] if sys.stdin.isatty() and sys.stdout.isatty() else ["--help"]


def _discard_output() -> None:
    """Keep the interpreter from flushing at exit what cannot be written."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
