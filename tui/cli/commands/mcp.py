"""`byline mcp`: offer the articles to an assistant."""

import gc
from pathlib import Path

import click

from index.errors import require
from tui.cli.options import index_option, reader_option, threshold_option
from tui.exit_codes import Exit


@click.command(
    "mcp",
    epilog="""\b
Examples:
  byline mcp                        for the configuration of an assistant
  byline mcp --index ~/news-index""",
)
@threshold_option
@reader_option
@index_option
def command(threshold: float | None, reader: str | None, index_folder: Path | None) -> int:
    """Serve an assistant over the Model Context Protocol on standard input and output.

    Its tools ask, find, show, list_articles, verify and check read the indexed articles; none
    writes. The assistant starts this command: it is not for a person to type.
    """
    require("mcp", extra="mcp")
    # The SDK is most of the wait for the first answer, and a tenth of that is spent on looking for
    # garbage among its classes, which stay.
    gc.disable()
    from tui.cli.services import open_service
    from tui.mcp.server import serve

    gc.freeze()
    gc.enable()
    serve(open_service(index_folder, reader, threshold))
    return Exit.DONE
