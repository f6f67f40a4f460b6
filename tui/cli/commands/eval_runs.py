"""`byline eval runs` and `byline eval show`: the runs that are kept, and their questions."""

from collections.abc import Sequence

import click

from eval.outcomes import Cause, Outcome
from eval.runs.run_store import Run, run_named, runs_in
from index.errors import BadRequest
from tui.cli.run_names import complete_id, complete_run
from tui.exit_codes import Exit
from tui.output.eval_questions import show_outcomes
from tui.output.eval_tables import show_runs
from tui.output.sanitise import visible
from tui.paths import runs_folder

_CAUSES = [cause.value for cause in Cause if cause is not Cause.NONE]
_SHOWN = 10
"""Questions shown where none is named."""


@click.command("runs")
def runs_command() -> int:
    """List the runs that are kept, the latest first."""
    runs = runs_in(runs_folder())
    if runs:
        show_runs(runs)
    else:
        _notice("no run is kept yet; `byline eval` makes one")
    return Exit.DONE


@click.command(
    "show",
    epilog="""\b
Examples:
  byline eval show                                   ten questions that failed in the last run
  byline eval show missile-001 missile-003           questions by their ids
  byline eval show --cause "wrong span" --limit 50   what failed for one cause
  byline eval show --run 20261122-093000             of another run""",
)
@click.argument("ids", metavar="[ID]...", nargs=-1, shell_complete=complete_id)
@click.option(
    "--run",
    "run_name",
    default="",
    metavar="RUN",
    shell_complete=complete_run,
    help="A run, by its name or the beginning of it. [default: the last one]",
)
@click.option(
    "--cause",
    type=click.Choice(_CAUSES),
    metavar="CAUSE",
    help=f"Only what failed for it: {', '.join(_CAUSES)}.",
)
@click.option(
    "--limit",
    type=click.IntRange(1),
    metavar="N",
    default=_SHOWN,
    show_default=True,
    help="At most so many, where no ID is given.",
)
def show_command(ids: tuple[str, ...], run_name: str, cause: str | None, limit: int) -> int:
    """Show questions of a run, gold and given side by side: by ID, else those that failed."""
    run = _chosen(run_name)
    outcomes = run.outcomes()
    if ids:
        show_outcomes(_named(ids, outcomes, run))
        return Exit.DONE
    wanted = {Cause(cause)} if cause else {*Cause} - {Cause.NONE}
    failed = [one for one in outcomes if one.cause in wanted]
    show_outcomes(failed[:limit])
    _tell_rest(len(failed), limit, run)
    return Exit.DONE


def _chosen(name: str) -> Run:
    if name:
        return run_named(runs_folder(), name)
    for run in runs_in(runs_folder()):
        return run
    raise BadRequest("no run is kept yet; `byline eval` makes one")


def _named(ids: Sequence[str], outcomes: Sequence[Outcome], run: Run) -> list[Outcome]:
    known = {one.id: one for one in outcomes}
    for name in ids:
        if name not in known:
            raise BadRequest(f"run {run.name} asked no question {name}; name one by its id")
    return [known[name] for name in ids]


def _tell_rest(failed: int, limit: int, run: Run) -> None:
    if not failed:
        _notice(f"nothing failed so in run {run.name}")
    elif failed > limit:
        _notice(f"and {failed - limit:,} more failed so; --limit shows more, an ID one of them")


def _notice(message: str) -> None:
    click.echo(f"byline: {visible(message)}", err=True)
