"""`byline index`: read articles and make them ready for questions."""

from pathlib import Path

import click

from index.articles.files import MAX_BYTES, resolve_roots
from index.build.events import Summary
from index.models.registry import DEFAULT_MODEL
from index.storage.store import Store
from qa.reader.sources import find_reader
from tui.cli.options import (
    chosen_reader,
    index_folder_or,
    index_option,
    json_option,
    reader_option,
    setting,
)
from tui.exit_codes import Exit
from tui.jobs.build_job import prepare_reader, run_build
from tui.output.json_output import summary_line
from tui.output.sanitise import visible, visible_name
from tui.paths import default_index

_SHOWN = 10
"""Skipped files named for each reason."""


@click.command(
    "index",
    epilog="""\b
Examples:
  byline index ~/news             index a folder; it is remembered
  byline index                    bring what is remembered up to date
  byline index ~/blog a.txt       add a folder and a file
  byline index --forget ~/blog    drop a folder again
  byline index --full             read and embed everything anew""",
)
@click.argument("paths", nargs=-1, type=click.Path())
@click.option("--full", is_flag=True, help="Read and embed everything anew.")
@click.option("--forget", multiple=True, metavar="PATH", help="Drop a remembered folder or file.")
@click.option(
    "--model",
    envvar="BYLINE_MODEL",
    metavar="NAME_OR_PATH",
    help=f"Any sentence-transformers model. [default: the index's own, else {DEFAULT_MODEL}]",
)
@click.option(
    "--max-bytes",
    type=click.IntRange(min=1),
    metavar="N",
    help=f"Skip files over so many bytes. [default: {MAX_BYTES}]",
)
@reader_option
@index_option
@json_option("the summary")
def command(
    paths: tuple[str, ...],
    full: bool,
    forget: tuple[str, ...],
    model: str | None,
    max_bytes: int | None,
    reader: str | None,
    index_folder: Path | None,
    as_json: bool,
) -> int:
    """Read the .txt and .md articles under PATHs and make them ready for questions.

    The PATHs are remembered: without any, the remembered ones are brought up to date, and only
    what changed is embedded again. Hidden files and links are left alone.
    """
    store = Store(index_folder_or(index_folder, default_index()))
    manifest = store.manifest()
    roots = resolve_roots(paths)
    prepare_reader(find_reader(chosen_reader(reader)))
    summary = run_build(
        store,
        setting("model", model, manifest.model.name if manifest else DEFAULT_MODEL),
        roots,
        resolve_roots(forget, must_exist=False),
        full,
        setting("max_bytes", max_bytes, MAX_BYTES),
    )
    if as_json:
        click.echo(summary_line(summary))
    _tell(summary)
    if not summary.articles:
        click.echo("byline: there is no article to index; .txt and .md files are read", err=True)
        return Exit.ERROR
    return Exit.DONE


def _tell(summary: Summary) -> None:
    for missing in summary.missing_roots:
        click.echo(
            f"{visible_name(missing.root.given)} is not there; its {missing.articles:,} articles "
            "are kept as they were (drop them with --forget)",
            err=True,
        )
    by_reason: dict[str, list[str]] = {}
    for skipped in summary.skipped:
        by_reason.setdefault(skipped.reason, []).append(skipped.path)
    for reason, paths in by_reason.items():
        click.echo(f"skipped {len(paths):,}: {visible(reason)}", err=True)
        for path in paths[:_SHOWN]:
            click.echo(f"    {visible_name(path)}", err=True)
        if len(paths) > _SHOWN:
            click.echo(f"    … and {len(paths) - _SHOWN:,} more (--json names all)", err=True)
    if summary.rebuild_reason:
        click.echo(f"rebuilt from scratch ({visible(summary.rebuild_reason)})", err=True)
    click.echo(
        f"{summary.articles:,} articles, {summary.passages:,} passages: {summary.added:,} added, "
        f"{summary.changed:,} changed, {summary.removed:,} removed, {summary.unchanged:,} "
        f"unchanged, {len(summary.skipped):,} skipped; {summary.embedded:,} passages embedded, "
        f"{summary.reused:,} vectors reused; {summary.seconds:.1f} s",
        err=True,
    )
