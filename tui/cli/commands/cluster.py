"""`byline cluster`: build an index in shards on a Ray cluster, and ask it there."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from index.articles.files import MAX_BYTES, Root, resolve_roots
from index.articles.formats.reading import keep_documents_in
from index.errors import BadRequest, require
from index.shards.store import ShardedStore
from index.storage.scope import Scope
from index.storage.store import Store
from tui.cli.build_options import forget_option, full_option, model_option
from tui.cli.options import (
    index_option,
    json_option,
    partial_option,
    port_option,
    reader_option,
    scope_options,
    threshold_option,
    token_option,
    top_option,
)
from tui.exit_codes import Exit
from tui.output.build_progress import watch_build
from tui.output.console import notice
from tui.output.json_output import json_line, summary_json
from tui.paths import default_index, kept_documents, model_cache
from tui.settings import chosen_model, chosen_reader, index_folder_or, setting

_RATE = 500
"""Requests a second that the service accepts at most."""
_address_option = click.option(
    "--address",
    envvar="BYLINE_RAY_ADDRESS",
    metavar="ADDRESS",
    help="Ray cluster: auto, HOST:6379 or ray://HOST:10001. [default: one on this machine]",
)
_replicas_option = click.option(
    "--replicas",
    type=click.IntRange(1, 100),
    default=1,
    show_default=True,
    metavar="N",
    help="Processes that have each shard open.",
)


@click.group(
    "cluster",
    epilog="""\b
Examples:
  byline cluster index ~/news --index /shared/index --shards 8 --address auto
  byline cluster serve --index /shared/index --address auto
  byline ask --index /shared/index "Who signed?"          the same answers, without Ray""",
)
def command() -> None:
    """Build and ask an index in shards on a Ray cluster.

    The folders of the articles and of the index must be the same on every node.
    """


@command.command("index")
@click.argument("paths", nargs=-1, type=click.Path())
@click.option(
    "--shards", type=click.IntRange(min=1), metavar="N", help="Number of shards. [default: as now]"
)
@click.option(
    "--actors",
    type=click.IntRange(min=1),
    metavar="N",
    help="Processes that embed. [default: one for each processor]",
)
@full_option
@forget_option
@model_option
@_address_option
@index_option
@json_option("the summary")
def build(
    paths: tuple[str, ...],
    shards: int | None,
    actors: int | None,
    full: bool,
    forget: tuple[str, ...],
    model: str | None,
    address: str | None,
    index_folder: Path | None,
    as_json: bool,
) -> int:
    """Index the articles under PATHS in shards, or bring their index up to date.

    PATHS may be folders, and URLs such as s3://bucket/news, of which a copy is kept in the index.
    """
    require("ray", extra="cluster")
    from index.build.pipeline import BuildRequest
    from index.cluster.build import build_on_cluster
    from index.cluster.connection import connected
    from index.models.registry import find_model
    from index.models.tuned_encoder import TunedEncoder
    from tui.cli.commands.index import report

    store = ShardedStore(_folder(index_folder))
    roots, forgotten = _roots(store, paths), _roots(store, forget, must_exist=False)
    found = find_model(chosen_model(store, model))
    largest = setting("max_bytes", None, MAX_BYTES)
    request = BuildRequest(found, roots, forgotten, full=full, max_bytes=largest)
    encoder = TunedEncoder(found, model_cache())
    with connected(address):
        summary = watch_build(build_on_cluster(store, request, encoder, shards, actors))
    assert summary is not None
    if as_json:
        click.echo(json_line(summary_json(summary)))
    report(summary)
    return Exit.DONE if summary.articles else Exit.ERROR


@command.command("ask")
@click.argument("question", nargs=-1, required=True)
@top_option
@threshold_option
@reader_option
@_address_option
@_replicas_option
@index_option
@partial_option
@json_option("answers")
@scope_options
def ask(
    question: tuple[str, ...],
    top: int | None,
    threshold: float | None,
    reader: str | None,
    address: str | None,
    replicas: int,
    index_folder: Path | None,
    partial: bool,
    as_json: bool,
    scope: Scope,
) -> int:
    """Answer a QUESTION, or with `-` one question per line of standard input."""
    require("ray", extra="cluster")
    from tui.cli.commands.ask import answer

    chosen = chosen_reader(reader)
    with _opened(index_folder, address, replicas, partial) as store:
        return answer(store, chosen, question, top, scope, threshold, as_json)


@command.command("serve")
@port_option
@token_option
@threshold_option
@reader_option
@_address_option
@_replicas_option
@index_option
@partial_option
def serve(
    port: int,
    token: str,
    threshold: float | None,
    reader: str | None,
    address: str | None,
    replicas: int,
    index_folder: Path | None,
    partial: bool,
) -> int:
    """Answer over HTTP on 127.0.0.1 from shards that the nodes of a cluster have open."""
    require("ray", extra="cluster")
    require("starlette", "uvicorn", "jinja2", extra="serve")
    from tui.cli.commands.serve import check_token
    from tui.cli.services import service_over
    from tui.http.server import serve as serve_http

    check_token(token)
    with _opened(index_folder, address, replicas, partial) as store:
        serve_http(service_over(lambda: store, reader, threshold), port, token, _RATE)
    return Exit.DONE


def _roots(
    store: ShardedStore, paths: tuple[str, ...], must_exist: bool = True
) -> tuple[Root, ...]:
    """Return the roots that a person named: folders, and URLs of remote ones."""
    from index.cluster.remote import is_remote, mirror_of

    remote = tuple(mirror_of(path, store.folder).root for path in filter(is_remote, paths))
    local = tuple(path for path in paths if not is_remote(path))
    return resolve_roots(local, must_exist) + remote


@contextmanager
def _opened(
    index_folder: Path | None, address: str | None, replicas: int, partial: bool
) -> Iterator[Store]:
    """Connect to a cluster; yields the index in shards that it has open. Raises NoIndex."""
    from index.cluster.connection import connected
    from index.cluster.serve import ClusterStore

    keep_documents_in(kept_documents())
    store = ClusterStore(_folder(index_folder), notice if partial else None, replicas)
    store.current()
    with connected(address):
        yield store


def _folder(index_folder: Path | None) -> Path:
    """Return the absolute folder of an index, which nodes have under the same name."""
    folder = index_folder_or(index_folder, default_index()).absolute()
    if folder == default_index():
        raise BadRequest("name the folder of the index in shards: --index DIR")
    return folder
