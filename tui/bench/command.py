"""`byline bench`: speed and size, next to what this machine can do."""

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from index.errors import require
from index.models.cpu_tuning import described_processor
from index.models.registry import DEFAULT_MODEL
from qa.reader.shipped import FAST_READER
from tui.cli.default_command import DefaultCommand
from tui.cli.options import index_option, json_option, reader_option
from tui.exit_codes import Exit
from tui.paths import model_cache
from tui.settings import chosen_reader

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eval.bench.figures import Figure

_LARGE = 100
"""Figures from here on are shown without decimals."""


@click.group(
    "bench",
    cls=DefaultCommand,
    epilog="""\b
Examples:
  byline bench                        all benchmarks
  byline bench --passages 100000      over an index of that size
  byline bench index --passages 1500  only indexing, in detail
  byline bench read                   only reading
  byline bench serve                  only HTTP, 10,000 requests over 50 connections
  byline bench fuzz                   10,000 requests that make no sense, over HTTP
  byline bench peer                   next to Haystack, where it is installed""",
)
def command() -> None:
    """Measure speed and size, each next to a reference measured in the same run."""


@command.command(DefaultCommand.DEFAULT)
@click.option(
    "--passages",
    type=click.IntRange(100),
    default=2000,
    show_default=True,
    help="Approximate number of synthetic passages.",
)
@click.option("--no-embedding", is_flag=True, help="Skip embedding with the real model.")
@click.option("--no-chat", is_flag=True, help="Skip the chat.")
@reader_option
@json_option("the figures")
def all_command(
    passages: int, no_embedding: bool, no_chat: bool, reader: str | None, as_json: bool
) -> int:
    """Run all benchmarks; takes some minutes."""
    from tui.bench.table import bench_all, figures_line

    reader = chosen_reader(reader)
    figures = bench_all(passages, reader, not no_embedding, not no_chat, _progress)
    if not as_json:
        return _show(figures)
    click.echo(figures_line(figures))
    return Exit.DONE


def _progress(message: str) -> None:
    click.echo(message, err=True)


def _show(figures: "Sequence[Figure]") -> int:
    """Print figures, after the processor that they hold for."""
    _progress(described_processor())
    for figure in figures:
        line = f"{figure.name:<42}{_number(figure.value):>12} {figure.unit:<11}"
        if figure.ratio is not None and figure.limit is not None:
            line += f"{figure.ratio:8.2f} of {figure.reference} ({_number(figure.limit)})"
        click.echo(line.rstrip())
    return Exit.DONE


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= _LARGE else f"{value:,.3f}"


@command.command("index")
@click.option("--passages", type=click.IntRange(10), default=1000, show_default=True)
@click.option("--model", envvar="BYLINE_MODEL", default=DEFAULT_MODEL, metavar="NAME_OR_PATH")
def index_command(passages: int, model: str) -> int:
    """Compare indexing with a bare loop over the same batches, model and precision."""
    from eval.bench.indexing import bench_index
    from tui.jobs.python import PYTHON

    return _show(bench_index(model, passages, model_cache(), PYTHON, _progress))


@command.command("growth")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--passages",
    "sizes",
    type=click.IntRange(100),
    multiple=True,
    default=(2000, 20_000, 200_000, 1_000_000),
    show_default=True,
)
@reader_option
def growth_command(folder: Path, sizes: tuple[int, ...], reader: str | None) -> int:
    """Measure indexes of several sizes in FOLDER and keep them; draw FOLDER/growth.svg.

    A million passages take about 4 GB and most of an hour.
    """
    from tui.bench.growth_plot import growth_plots, growth_table
    from tui.bench.table import size_figures

    require("matplotlib", extra="eval")
    measured = []
    for size in sorted(sizes):
        figures = size_figures(folder / str(size), size, chosen_reader(reader), _progress)
        measured.append({figure.name: figure for figure in figures})
    growth_plots(measured).savefig(folder / "growth.svg")
    click.echo(growth_table(measured))
    return Exit.DONE


@command.command("read")
@reader_option
def read_command(reader: str | None) -> int:
    """Time the reader over one question's passages, next to the bare network."""
    from eval.bench.reader import bench_read

    return _show(bench_read(chosen_reader(reader), model_cache(), _progress))


@command.command("chat")
@click.option("--passages", type=click.IntRange(10), default=2000, show_default=True)
def chat_command(passages: int) -> int:
    """Time the chat's first frame, and the echo of keys while an index is rebuilt."""
    from tui.bench.chat import bench_chat

    return _show(bench_chat(passages, _progress))


@command.command("serve")
@click.option("--requests", type=click.IntRange(100), default=10_000, show_default=True)
@click.option("--connections", type=click.IntRange(1, 200), default=50, show_default=True)
@index_option
def serve_command(requests: int, connections: int, index_folder: Path | None) -> int:
    """Ask over HTTP, many at once, next to the same questions in one process.

    Asks your index about the titles of its articles.
    """
    require("starlette", "uvicorn", "jinja2", extra="serve")
    require("aiohttp", extra="web")
    from tui.bench.serving import bench_serving

    return _show(bench_serving(index_folder, requests, connections, _progress))


@command.command("fuzz")
@click.option("--requests", type=click.IntRange(10), default=10_000, show_default=True)
@click.option("--connections", type=click.IntRange(1, 200), default=20, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
@index_option
def fuzz_command(requests: int, connections: int, seed: int, index_folder: Path | None) -> int:
    """Send requests that make no sense over HTTP: none may be answered with 5xx.

    Exit code 1 if one is.
    """
    require("starlette", "uvicorn", "jinja2", extra="serve")
    from tui.bench.fuzzing import ERRORS, bench_fuzzing

    figures = bench_fuzzing(index_folder, requests, connections, seed, _progress)
    _show(figures)
    failed = any(figure.value for figure in figures if figure.name in ERRORS)
    return Exit.NO_ANSWER if failed else Exit.DONE


@command.command("peer")
@index_option
def peer_command(index_folder: Path | None) -> int:
    """Ask Haystack the same questions over the same passages, with the same weights.

    Asks the index, else the bundled articles. Haystack must be installed.
    """
    require("aiohttp", extra="web")
    from eval.bench.peer import bench_peer
    from tui.bench.serving import questions_about
    from tui.cli.which_index import store_to_ask

    store = store_to_ask(index_folder, FAST_READER)
    with closing(store.open()) as index:
        questions = questions_about(index.generation.catalog)
    return _show(bench_peer(store, model_cache(), questions, _progress))
