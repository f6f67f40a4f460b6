"""`byline chat`: ask in a chat in the terminal."""

import os
import sys
from pathlib import Path

import click

from index.errors import BadRequest
from tui.cli.options import index_option, reader_option
from tui.exit_codes import Exit


@click.command(
    "chat",
    epilog="""\b
Examples:
  byline                          the same as byline chat
  byline chat --bundled           over the articles that come with Byline
  byline chat --new               a new conversation, not the last one
  byline chat --web               in a browser, on this machine alone""",
)
@click.option("--bundled", is_flag=True, help="Ask the articles that come with Byline.")
@click.option("--new", is_flag=True, help="Begin a new conversation.")
@click.option(
    "--top", type=click.IntRange(1, 20), metavar="N", help="Answers to a question, at most."
)
@click.option(
    "--threshold",
    type=click.FloatRange(0, 1),
    metavar="P",
    help="Confidence under which there is no answer.",
)
@click.option("--web", is_flag=True, help="Serve the chat to a browser on this machine.")
@click.option(
    "--port", type=click.IntRange(1024, 65535), default=8017, show_default=True, help="For --web."
)
@reader_option
@index_option
def command(
    bundled: bool,
    new: bool,
    top: int | None,
    threshold: float | None,
    web: bool,
    port: int,
    reader: str | None,
    index_folder: Path | None,
) -> int:
    """Open the chat; the conversation of the last time is there again."""
    if not (web or _has_terminal()):
        raise BadRequest('the chat needs a terminal; elsewhere: byline ask "your question"')
    from tui.chat.app import ChatApp
    from tui.chat.opened import setup

    opened = setup(index_folder, bundled, new, top, threshold, reader)
    if not web:
        ChatApp(opened).run()
        return Exit.DONE
    from tui.web.server import LocalServer

    flags = ["--bundled"] * bundled + ["--new"] * new
    options = (("--top", top), ("--threshold", threshold), ("--reader", reader))
    named = (*options, ("--index", index_folder))
    values = [word for name, value in named if value is not None for word in (name, str(value))]
    LocalServer([*flags, *values], port).serve()
    return Exit.DONE


def _has_terminal() -> bool:
    """Tell whether there is a terminal to draw on, be it in a browser."""
    return "TEXTUAL_DRIVER" in os.environ or (sys.stdin.isatty() and sys.stdout.isatty())
