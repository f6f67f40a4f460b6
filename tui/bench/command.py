"""`byline bench`: speed, as ratios to what this machine can do."""

from pathlib import Path

import click

from index.models.registry import DEFAULT_MODEL
from tui.cli.default_command import DefaultCommand
from tui.cli.options import chosen_reader, json_option, reader_option
from tui.exit_codes import Exit
from tui.paths import model_cache

_LARGE = 100
"""From which on a figure is shown without decimals."""


@click.group(
    "bench",
    cls=DefaultCommand,
    epilog="""\b
Examples:
  byline bench                        the whole table
  byline bench --passages 100000      over an index of that size
  byline bench index --passages 1500  one part, closely
  byline bench read                   another""",
)
def command() -> None:
    """Measure speed; every figure stands beside a limit measured in the same run."""


@command.command(DefaultCommand.DEFAULT)
@click.option(
    "--passages",
    type=click.IntRange(100),
    default=2000,
    show_default=True,
    help="Size of the index, about; of made articles, whose vectors are worked out.",
)
@click.option("--no-embedding", is_flag=True, help="Leave out what is embedded by the model.")
@click.option("--no-chat", is_flag=True, help="Leave out the chat.")
@reader_option
@json_option("the figures")
def whole_command(
    passages: int, no_embedding: bool, no_chat: bool, reader: str | None, as_json: bool
) -> int:
    """Measure everything, in some minutes."""
    from tui.bench.table import bench_whole, figures_line

    figures = bench_whole(passages, chosen_reader(reader), not no_embedding, not no_chat, _tell)
    if as_json:
        click.echo(figures_line(figures))
        return Exit.DONE
    for one in figures:
        beside = f"{one.ratio:8.2f} of {one.beside} ({_shown(one.limit)})" if one.beside else ""
        click.echo(f"{one.name:<38}{_shown(one.value):>12} {one.unit:<11}{beside}".rstrip())
    return Exit.DONE


def _tell(message: str) -> None:
    click.echo(message, err=True)


def _shown(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= _LARGE else f"{value:,.3f}"


@command.command("index")
@click.option("--passages", type=click.IntRange(10), default=1000, show_default=True)
@click.option("--model", envvar="BYLINE_MODEL", default=DEFAULT_MODEL, metavar="NAME_OR_PATH")
def index_command(passages: int, model: str) -> int:
    """Compare indexing with a bare loop over the same batches, model and precision."""
    from eval.bench.indexing import bench_index
    from tui.jobs.python import PYTHON

    result = bench_index(model, passages, PYTHON, _tell)
    click.echo(f"{result.passages:,} passages, {result.precision}, medians of three rounds")
    click.echo(f"bare loop   {result.bare:8.1f} passages/s")
    click.echo(
        f"indexing    {result.indexing:8.1f} passages/s  {result.ratio:.2f} of the bare loop"
    )
    click.echo(
        f"usual       {result.usual:8.1f} passages/s  sentence-transformers in float32, "
        f"encode(batch_size=32); indexing is {result.indexing / result.usual:.2f} times that"
    )
    click.echo(
        f"whole build {result.whole:8.1f} passages/s  {result.whole / result.bare:.2f} of it, with "
        "reading, writing, checking and publishing"
    )
    return Exit.DONE


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
    """Measure indexes of several sizes in FOLDER, where they stay; draws FOLDER/growth.svg.

    A million passages take some 4 GB there and the better part of an hour.
    """
    from tui.bench.growth_plot import growth_plot, growth_table, size_of
    from tui.bench.table import grown_figures

    measured = [
        size_of(grown_figures(folder / str(size), size, chosen_reader(reader), _tell))
        for size in sorted(sizes)
    ]
    (folder / "growth.svg").write_text(growth_plot(measured), encoding="utf-8")
    click.echo(growth_table(measured))
    return Exit.DONE


@command.command("read")
@reader_option
def read_command(reader: str | None) -> int:
    """Time the reader over one question's passages, beside the bare network."""
    from eval.bench.reader import bench_read

    result = bench_read(chosen_reader(reader), model_cache(), _tell)
    click.echo(
        f"one question over {result.passages} passages, {result.tokens:.0f} tokens each with the "
        "question, medians of 30"
    )
    click.echo(f"bare network {result.bare:7.1f} ms")
    click.echo(
        f"reading      {result.reading:7.1f} ms  {result.reading / result.bare:.2f} of it "
        f"(95th percentile {result.slowest:.1f} ms)"
    )
    return Exit.DONE


@command.command("chat")
@click.option("--passages", type=click.IntRange(10), default=2000, show_default=True)
def chat_command(passages: int) -> int:
    """Time the chat's first frame, and how soon a keypress echoes while an index is rebuilt."""
    from tui.bench.chat import bench_chat

    result = bench_chat(passages, _tell)
    click.echo(
        f"first frame  {1000 * result.frame:6.0f} ms from the start of the process, "
        f"{result.frame / result.bare:.2f} of importing Textual ({1000 * result.bare:.0f} ms)"
    )
    click.echo(
        f"echo of a key {1000 * result.echo:5.0f} ms while {result.passages:,} passages are "
        f"indexed (95th percentile {1000 * result.slow_echo:.0f} ms, {result.keys} keys), "
        f"{1000 * result.quiet:.0f} ms when nothing else runs"
    )
    return Exit.DONE
