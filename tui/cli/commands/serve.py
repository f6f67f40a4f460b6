"""`byline serve`: answer over HTTP on this machine."""

from pathlib import Path

import click

from index.errors import BadRequest, require
from tui.cli.options import index_option, port_option, reader_option, threshold_option, token_option
from tui.exit_codes import Exit
from tui.settings import chosen_reader

_SHORTEST_TOKEN = 16


@click.command(
    "serve",
    epilog="""\b
Examples:
  byline serve                        prints an address with its token; open it in a browser
  byline serve --port 0               any free port
  curl -H "Authorization: Bearer $TOKEN" "http://127.0.0.1:8018/ask?question=Who+signed"

\b
Paths: /ask, /find, /show, /articles, /verify, /check, /healthz, /openapi.json; / is a page to ask
in. With `stream` or Accept: text/event-stream, /ask answers progressively.""",
)
@port_option
@token_option
@click.option(
    "--rate",
    type=click.FloatRange(1),
    default=500,
    show_default=True,
    metavar="N",
    help="Maximum number of requests a second.",
)
@threshold_option
@reader_option
@index_option
def command(
    port: int,
    token: str,
    rate: float,
    threshold: float | None,
    reader: str | None,
    index_folder: Path | None,
) -> int:
    """Answer over HTTP on 127.0.0.1, with the JSON of the command line.

    Only this machine reaches it, and only requests with the token, which is part of the address
    that is printed, are answered. Nothing is written.
    """
    require("starlette", "uvicorn", "jinja2", extra="serve")
    check_token(token)
    from tui.cli.services import open_service
    from tui.cli.which_index import store_to_ask
    from tui.http.server import serve

    store_to_ask(index_folder, chosen_reader(reader))
    serve(open_service(index_folder, reader, threshold), port, token, rate)
    return Exit.DONE


def check_token(token: str) -> None:
    """Raise BadRequest if a token is easy to guess; an empty one stands for a new one."""
    if token and not (len(token) >= _SHORTEST_TOKEN and token.isascii() and token.isprintable()):
        raise BadRequest(f"the token must have {_SHORTEST_TOKEN} or more ASCII characters")
