"""Options of the commands that build an index; no other pays for what they import."""

import click

from index.models.registry import DEFAULT_MODEL

full_option = click.option("--full", is_flag=True, help="Rebuild from scratch.")
forget_option = click.option(
    "--forget", multiple=True, metavar="PATH", help="Remove an indexed folder or file."
)
model_option = click.option(
    "--model",
    envvar="BYLINE_MODEL",
    metavar="NAME_OR_PATH",
    help=f"Any sentence-transformers model. [default: the index's own, else {DEFAULT_MODEL}]",
)
