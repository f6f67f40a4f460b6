"""Options that several commands share."""

from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar, cast

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
_scope_options = (
    click.option(
        "--in", "within", multiple=True, metavar="PATH", help="Only articles at or under PATH."
    ),
    click.option(
        "--since",
        metavar="DATE",
        help="Only articles of this day or later: 2011, 2011-07-03, last month, 3 weeks ago.",
    ),
    click.option("--until", metavar="DATE", help="Only articles of this day or earlier."),
    click.option(
        "--where",
        multiple=True,
        metavar="FIELD=VALUE",
        help="Only articles that state this of themselves: author=Ada Quill, tags=harbour.",
    ),
)


port_option = click.option(
    "--port", type=click.IntRange(0, 65535), default=8018, show_default=True, help="Port."
)
token_option = click.option(
    "--token",
    envvar="BYLINE_TOKEN",
    default="",
    metavar="TEXT",
    help="What requests must name; better in $BYLINE_TOKEN. [default: a new one]",
)
partial_option = click.option(
    "--partial", is_flag=True, help="Answer from the other shards if one is lost, and say which."
)


def scope_options(command: Command) -> Command:
    """Add `--in`, `--since`, `--until` and `--where`, which a command receives as one `scope`."""

    @wraps(command)
    def with_scope(
        *arguments: Any,  # noqa: ANN401
        within: Sequence[str],
        since: str | None,
        until: str | None,
        where: Sequence[str],
        **values: Any,  # noqa: ANN401
    ) -> Any:  # noqa: ANN401
        from qa.scope import scope_of

        return command(*arguments, scope=scope_of(within, since, until, where), **values)

    for option in reversed(_scope_options):
        with_scope = option(with_scope)
    return cast("Command", with_scope)


def json_option(what: str) -> Callable[[Command], Command]:
    """Add `--json`, which prints something as JSON."""
    return click.option("--json", "as_json", is_flag=True, help=f"Print {what} as JSON.")
