"""`byline bench`: speed, as ratios to what this machine can do."""

import click

from index.models import DEFAULT_MODEL
from tui.exits import Exit
from tui.options import chosen_reader, reader_option
from tui.places import model_cache


@click.group(
    "bench", epilog="\b\nExamples:\n  byline bench index --passages 1500\n  byline bench read"
)
def command() -> None:
    """Measure speed; every figure stands beside a limit measured in the same run."""


@command.command("index")
@click.option("--passages", type=click.IntRange(10), default=1000, show_default=True)
@click.option("--model", envvar="BYLINE_MODEL", default=DEFAULT_MODEL, metavar="NAME_OR_PATH")
def index_command(passages: int, model: str) -> int:
    """Compare indexing with a bare loop over the same batches, model and precision."""
    from eval.bench_index import bench_index

    result = bench_index(model, passages, lambda message: click.echo(message, err=True))
    click.echo(f"{result.passages:,} passages, {result.precision}, medians of three rounds")
    click.echo(f"bare loop   {result.bare:8.1f} passages/s")
    click.echo(
        f"indexing    {result.indexing:8.1f} passages/s  {result.ratio:.2f} of the bare loop"
    )
    click.echo(
        f"whole build {result.whole:8.1f} passages/s  {result.whole / result.bare:.2f} of it, with "
        "reading, writing, checking and publishing"
    )
    return Exit.DONE


@command.command("read")
@reader_option
def read_command(reader: str | None) -> int:
    """Time the reader over one question's passages, beside the bare network."""
    from eval.bench_reader import bench_read

    result = bench_read(
        chosen_reader(reader), model_cache(), lambda message: click.echo(message, err=True)
    )
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
    from tui.bench_chat import bench_chat

    result = bench_chat(passages, lambda message: click.echo(message, err=True))
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
