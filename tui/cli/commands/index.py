"""`byline index`: index articles, or update the index."""

from collections.abc import Sequence
from pathlib import Path

import click

from index.articles.files import MAX_BYTES, Root, resolve_roots
from index.articles.formats.registry import FORMATS_IN_WORDS
from index.build.events import Summary
from index.shards.which import store_in
from tui.cli.build_options import forget_option, full_option, model_option
from tui.cli.options import index_option, json_option, reader_option
from tui.cli.service_file import print_service
from tui.cli.watching import watch_index
from tui.exit_codes import Exit
from tui.jobs.build_job import build_events, reader_events, watch_events
from tui.output.build_progress import watch_build
from tui.output.console import notice
from tui.output.json_output import json_line, summary_json
from tui.output.sanitise import visible, visible_name
from tui.output.wording import counted
from tui.paths import default_index
from tui.settings import chosen_model, chosen_reader, index_folder_or, setting

_FILES_SHOWN = 10
"""Files listed for each reason."""


@click.command(
    "index",
    epilog="""\b
Examples:
  byline index ~/news             index a folder and remember it
  byline index                    update the index
  byline index ~/blog a.txt       add a folder and a file
  byline index --forget ~/blog    remove a folder
  byline index --full             rebuild from scratch
  byline index --watch            keep the index up to date until you press Ctrl+C""",
)
@click.argument("paths", nargs=-1, type=click.Path())
@full_option
@forget_option
@model_option
@click.option(
    "--max-bytes",
    type=click.IntRange(min=1),
    metavar="N",
    help=f"Skip files larger than N bytes. [default: {MAX_BYTES}]",
)
@click.option(
    "--follow-links", is_flag=True, help="Follow symbolic links under PATHS, now and later."
)
@click.option("--watch", is_flag=True, help="Then keep the index up to date as files change.")
@click.option(
    "--poll",
    is_flag=True,
    help="With --watch, look at the files every 5 seconds: for drives that report no changes.",
)
@click.option(
    "--service",
    is_flag=True,
    help="With --watch, print a file that makes it a service of systemd or launchd, and end.",
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
    follow_links: bool,
    watch: bool,
    poll: bool,
    service: bool,
    reader: str | None,
    index_folder: Path | None,
    as_json: bool,
) -> int:
    """Index the articles under PATHS: .txt, .md and other files of plain text.

    PATHS are remembered. Without any, the remembered ones are updated, and only what changed is
    embedded again. Hidden files and symbolic links are ignored, and so is what a .bylineignore file
    names, in the syntax of .gitignore.
    """
    if follow_links and not paths:
        raise click.UsageError("--follow-links goes with PATHS: name the folders")
    if (poll or service) and not watch:
        raise click.UsageError(f"{'--poll' if poll else '--service'} goes with --watch")
    if service and (paths or forget or full):
        raise click.UsageError("--service watches what is indexed: index it first")
    store = store_in(index_folder_or(index_folder, default_index()))
    if service:
        options = ["--poll"] if poll else []
        print_service(["index", "--watch", *options, "--index", str(store.folder.absolute())])
        return Exit.DONE
    roots = resolve_roots(paths, follow_links=follow_links)
    watch_build(reader_events(chosen_reader(reader)))
    forgotten = resolve_roots(forget, must_exist=False)
    chosen, largest = chosen_model(store, model), setting("max_bytes", max_bytes, MAX_BYTES)
    if watch and not (roots or forgotten or full):
        return watch_index(watch_events(store, chosen, largest, poll), as_json)
    events = build_events(store, chosen, roots, forgotten, full, largest)
    summary = watch_build(events)
    assert summary is not None
    if as_json:
        click.echo(json_line(summary_json(summary)))
    report(summary)
    refused = _refused(roots, summary)
    for message in refused:
        notice(message)
    if not summary.articles and not refused:
        notice(f"no articles to index; Byline reads {FORMATS_IN_WORDS}")
    if watch:
        return watch_index(watch_events(store, chosen, largest, poll), as_json)
    return Exit.DONE if summary.articles and not refused else Exit.ERROR


def _refused(roots: tuple[Root, ...], summary: Summary) -> list[str]:
    """Return a message for each path that was named but cannot be read."""
    reasons = {skipped.path: skipped.reason for skipped in summary.skipped}
    return [
        f"{visible_name(root.given)} was not indexed: {visible(reasons[root.path])}"
        for root in roots
        if root.path in reasons
    ]


def report(summary: Summary) -> None:
    """Print what a build did on stderr."""
    for missing in summary.missing_roots:
        click.echo(
            f"{visible_name(missing.root.given)} is missing; "
            f"{counted(missing.articles, 'article')} kept as indexed (use --forget to remove)",
            err=True,
        )
    by_reason: dict[str, list[str]] = {}
    for skipped in summary.skipped:
        by_reason.setdefault(skipped.reason, []).append(skipped.path)
    for reason, paths in by_reason.items():
        _list_files(f"skipped {len(paths):,}: {visible(reason)}", paths)
    for note in summary.notes:
        click.echo(f"{visible_name(note.path)}: {visible(note.reason)}", err=True)
    if summary.mixed:
        count = len(summary.mixed)
        what = "UTF-8 with stray bytes, which were read as Windows-1252"
        _list_files(f"mixed encoding in {counted(count, 'article')}: {what}", summary.mixed)
    if summary.rebuild_reason:
        click.echo(f"rebuilt from scratch ({visible(summary.rebuild_reason)})", err=True)
    click.echo(
        f"{counted(summary.articles, 'article')}, {counted(summary.passages, 'passage')}: "
        f"{summary.added:,} added, {summary.changed:,} changed, {summary.removed:,} removed, "
        f"{summary.unchanged:,} unchanged, {len(summary.skipped):,} skipped; "
        f"{counted(summary.embedded, 'passage')} embedded, "
        f"{counted(summary.reused, 'vector')} reused; {summary.seconds:.1f} s",
        err=True,
    )


def _list_files(heading: str, paths: Sequence[str]) -> None:
    click.echo(heading, err=True)
    for path in paths[:_FILES_SHOWN]:
        click.echo(f"    {visible_name(path)}", err=True)
    if len(paths) > _FILES_SHOWN:
        click.echo(f"    … and {len(paths) - _FILES_SHOWN:,} more (see --json)", err=True)
