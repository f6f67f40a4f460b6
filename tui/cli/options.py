"""Options that several commands share."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
import msgspec

from index.articles.paths import expanded
from qa.reader.shipped import DEFAULT_READER
from tui.paths import read_settings

if TYPE_CHECKING:
    from rich.console import Console

Command = TypeVar("Command", bound=Callable[..., Any])


def index_option(command: Command) -> Command:
    """Add `--index DIR`."""
    return click.option(
        "--index",
        "index_folder",
        type=click.Path(path_type=Path, file_okay=False),
        envvar="BYLINE_INDEX",
        help="Folder of the index. [default: in your data folder]",
    )(command)


def reader_option(command: Command) -> Command:
    """Add `--reader NAME_OR_PATH`."""
    return click.option(
        "--reader",
        envvar="BYLINE_READER",
        metavar="NAME_OR_PATH",
        help="A Hugging Face extractive question-answering model. [default: Byline's own]",
    )(command)


def chosen_reader(given: str | None) -> str:
    """Choose the reader: as given, else as the settings file says, else Byline's own."""
    return str(setting("reader", given, DEFAULT_READER))


def json_option(what: str) -> Callable[[Command], Command]:
    """Add `--json`."""

    def add(command: Command) -> Command:
        return click.option("--json", "as_json", is_flag=True, help=f"Print {what} as JSON.")(
            command
        )

    return add


def setting(name: str, given: Any, default: Any) -> Any:  # noqa: ANN401
    """Choose what was given on the command line, else in the settings file, else the default."""
    if given is not None:
        return given
    chosen = getattr(read_settings(), name)
    return default if chosen is msgspec.UNSET else chosen


def index_folder_or(given: Path | None, default: Path) -> Path:
    """Choose the index's folder."""
    return expanded(str(setting("index", given, default)))


def colour(stream_is_terminal: bool) -> bool:
    """Tell whether to colour: on a terminal, unless NO_COLOR is set or it is a dumb one."""
    return (
        stream_is_terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    )


def stderr_console() -> "Console":
    """Give the console that progress is shown on."""
    from rich.console import Console

    return Console(stderr=True, no_color=not colour(True))
