"""`byline chat`: ask in a chat in the terminal."""

import sys
from pathlib import Path

import click

from index.errors import BadRequest
from tui.options import index_option, reader_option


@click.command(
    "chat",
    epilog="""\b
Examples:
  byline                          the same as byline chat
  byline chat --bundled           over the articles that come with Byline
  byline chat --new               a new conversation, not the last one""",
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
@reader_option
@index_option
def command(
    bundled: bool,
    new: bool,
    top: int | None,
    threshold: float | None,
    reader: str | None,
    index_folder: Path | None,
) -> int:
    """Open the chat; the conversation of the last time is there again."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise BadRequest('the chat needs a terminal; elsewhere: byline ask "your question"')
    from tui.chat.app import ChatApp
    from tui.chat.opened import setup

    ChatApp(setup(index_folder, bundled, new, top, threshold, reader)).run()
    return 0
