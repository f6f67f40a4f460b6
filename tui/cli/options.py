"""Options that several commands share."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from qa.answers import DEFAULT_ANSWERS

Command = TypeVar("Command", bound=Callable[..., Any])

index_option = click.option(
    "--index",
    "index_folder",
    type=click.Path(path_type=Path, file_okay=False),
    envvar="BYLINE_INDEX",
    help="Folder of the index. [default: in your data folder]",
)
reader_option = click.option(
    "--reader",
    envvar="BYLINE_READER",
    metavar="NAME_OR_PATH",
    help="Hugging Face extractive question-answering model. [default: Byline's own]",
)
threshold_option = click.option(
    "--threshold",
    type=click.FloatRange(0, 1),
    metavar="P",
    help="Minimum confidence of an answer. [default: calibrated on SQuAD dev articles]",
)
top_option = click.option(
    "--top",
    type=click.IntRange(1, 20),
    metavar="N",
    help=f"Maximum number of answers. [default: {DEFAULT_ANSWERS}]",
)
in_option = click.option(
    "--in", "within", multiple=True, metavar="PATH", help="Search only articles at or under PATH."
)


def json_option(what: str) -> Callable[[Command], Command]:
    """Add `--json`, which prints something as JSON."""
    return click.option("--json", "as_json", is_flag=True, help=f"Print {what} as JSON.")
