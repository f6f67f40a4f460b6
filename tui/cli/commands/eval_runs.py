"""`byline eval runs` and `byline eval show`: stored runs and their questions."""

from collections.abc import Sequence

import click

from eval.outcomes import Cause, Outcome
from eval.runs.run_store import Run, run_named, runs_in
from index.errors import BadRequest
from tui.cli.run_names import complete_id, complete_run
from tui.exit_codes import Exit
from tui.output.console import notice
from tui.output.eval_questions import show_outcomes
from tui.output.eval_tables import show_runs
from tui.paths import runs_folder

_CAUSES = [cause.value for cause in Cause if cause is not Cause.NONE]
_DEFAULT_LIMIT = 10
_NO_RUNS = "no runs yet; start one with `byline eval`"


@click.command("runs")
def runs_command() -> int:
    """List the stored runs, latest first."""
    runs = runs_in(runs_folder())
    if runs:
        show_runs(runs)
    else:
        notice(_NO_RUNS)
    return Exit.DONE


@click.command(
    "show",
    epilog="""\b
Examples:
  byline eval show                                   ten failures of the last run
  byline eval show missile-001 missile-003           questions by ID
  byline eval show --cause "wrong span" --limit 50   failures with one cause
  byline eval show --run 20261122-093000             failures of another run""",
)
@click.argument("ids", metavar="[ID]...", nargs=-1, shell_complete=complete_id)
@click.option(
    "--run",
    "run_name",
    metavar="RUN",
    shell_complete=complete_run,
    help="A run, by its name or the beginning of it. [default: the last one]",
)
@click.option(
    "--cause",
    type=click.Choice(_CAUSES),
    metavar="CAUSE",
    help=f"Show only failures with this cause: {', '.join(_CAUSES)}.",
)
@click.option(
    "--limit",
    type=click.IntRange(1),
    metavar="N",
    default=_DEFAULT_LIMIT,
    show_default=True,
    help="Maximum number of failures.",
)
def show_command(ids: tuple[str, ...], run_name: str | None, cause: str | None, limit: int) -> int:
    """Show questions of a run, gold next to answers: by ID, or those that failed."""
    run = _chosen(run_name)
    outcomes = run.outcomes()
    if ids:
        show_outcomes(_with_ids(ids, outcomes, run))
        return Exit.DONE
    causes = {Cause(cause)} if cause else {*Cause} - {Cause.NONE}
    failed = [outcome for outcome in outcomes if outcome.cause in causes]
    show_outcomes(failed[:limit])
    if not failed:
        notice(f"no such failures in run {run.name}")
    elif len(failed) > limit:
        notice(f"and {len(failed) - limit:,} more; use --limit N or an ID")
    return Exit.DONE


def _chosen(name: str | None) -> Run:
    if name:
        return run_named(runs_folder(), name)
    runs = runs_in(runs_folder())
    if not runs:
        raise BadRequest(_NO_RUNS)
    return runs[0]


def _with_ids(ids: Sequence[str], outcomes: Sequence[Outcome], run: Run) -> list[Outcome]:
    known = {outcome.id: outcome for outcome in outcomes}
    for name in ids:
        if name not in known:
            raise BadRequest(f"run {run.name} has no question with ID {name}")
    return [known[name] for name in ids]
