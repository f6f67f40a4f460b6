"""Writing to the terminal: colour, and messages on stderr."""

import os
import shutil
from typing import TYPE_CHECKING

import click

from tui.output.sanitise import visible

if TYPE_CHECKING:
    from rich.console import Console

_NARROWEST = 20


def colour(is_terminal: bool) -> bool:
    """Return whether to use colour: on a terminal, unless NO_COLOR is set or it is dumb."""
    return is_terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def terminal_columns() -> int:
    """Return the width of the terminal, at least the narrowest that text is wrapped to."""
    return max(_NARROWEST, shutil.get_terminal_size().columns)


def notice(message: str) -> None:
    """Print a message of one line on stderr."""
    click.echo(f"byline: {visible(message)}", err=True)


def stderr_console() -> "Console":
    """Return the console that progress is shown on."""
    from rich.console import Console

    return Console(stderr=True, no_color=not colour(True))
