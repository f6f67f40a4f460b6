"""`byline chat`: start the chat in the terminal or a browser."""

import os
import sys
from pathlib import Path

import click

from index.errors import BadRequest, require
from tui.cli.options import index_option, reader_option, threshold_option, top_option
from tui.exit_codes import Exit


@click.command(
    "chat",
    epilog="""\b
Examples:
  byline                          same as byline chat
  byline chat --bundled           ask the bundled articles
  byline chat --new               start a new conversation
  byline chat --web               open in a browser on this machine""",
)
@click.option("--bundled", is_flag=True, help="Ask the bundled articles.")
@click.option("--new", is_flag=True, help="Start a new conversation.")
@top_option
@threshold_option
@click.option("--web", is_flag=True, help="Serve the chat to a browser on this machine.")
@click.option(
    "--port",
    type=click.IntRange(1024, 65535),
    default=8017,
    show_default=True,
    help="Port for --web.",
)
@click.option(
    "--watch/--no-watch",
    default=None,
    help="Keep the index up to date while the chat is open. [default: the setting, else off]",
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
    watch: bool | None,
    reader: str | None,
    index_folder: Path | None,
) -> int:
    """Start the chat, in the last conversation unless --new is given."""
    if not (web or _has_terminal()):
        raise BadRequest('the chat needs a terminal; elsewhere use byline ask "your question"')
    from tui.chat.app import ChatApp
    from tui.chat.setup import setup
    from tui.settings import prepare_formats

    prepare_formats()
    opened = setup(index_folder, bundled, new, top, threshold, reader, watch)
    if not web:
        ChatApp(opened).run()
        return Exit.DONE
    require("aiohttp", "textual_serve", extra="web")
    from tui.web.server import LocalServer

    flags = ["--bundled"] * bundled + ["--new"] * new
    if watch is not None:
        flags.append("--watch" if watch else "--no-watch")
    options = {"--top": top, "--threshold": threshold, "--reader": reader, "--index": index_folder}
    values = [
        word for name, value in options.items() if value is not None for word in (name, str(value))
    ]
    LocalServer([*flags, *values], port).serve()
    return Exit.DONE


def _has_terminal() -> bool:
    """Return whether there is a terminal to draw on; textual-serve emulates one."""
    return "TEXTUAL_DRIVER" in os.environ or (sys.stdin.isatty() and sys.stdout.isatty())
