"""`byline eval`: how good the answers are, and why questions failed."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import click
from click.core import ParameterSource

from eval.metrics.labels import shown_value
from eval.outcomes import Outcome
from eval.report.html import write_report
from eval.runs.ask_all import ask_all
from eval.runs.compare import Comparison, changed_settings, compare
from eval.runs.examine import Examiner
from eval.runs.export import Exported, json_of, write_json, write_predictions
from eval.runs.gold_passages import GoldPassages
from eval.runs.results import Results, results_of
from eval.runs.run_store import Run, RunSettings, last_finished, recording, run_named
from eval.runs.thresholds import Limit, limit_of, missed
from eval.runs.versions import versions
from eval.sets.gold import check_gold
from eval.sets.gold_quotes import GoldQuotes
from eval.sets.loading import QuestionSet, bundled_set, read_set
from eval.sets.question_set import Question
from index.errors import BadRequest
from index.storage.store import Store
from qa.ablation import Component
from qa.answering.confidence import default_threshold
from qa.bot import Bot
from qa.reader.sources import find_reader
from tui.cli.commands.eval_runs import runs_command, show_command
from tui.cli.commands.eval_sets import import_command, new_command
from tui.cli.default_command import DefaultCommand
from tui.cli.options import index_option, reader_option
from tui.cli.run_names import LAST_RUN, STDOUT, WithOptionalValues, complete_run_or_file
from tui.cli.which_index import bundled_to_ask, store_to_ask
from tui.exit_codes import Exit
from tui.jobs.cold_start import cold_start
from tui.output.eval_progress import watch_asking
from tui.output.eval_tables import show_comparison, show_results
from tui.output.sanitise import visible
from tui.paths import model_cache, runs_folder
from tui.settings import chosen_reader, setting

_TOLD = 5
"""Places of gold that are told to be wrong, at most."""
_FILE = click.Path(path_type=Path, dir_okay=False)
_WRITTEN = click.Path(path_type=Path, dir_okay=False, resolve_path=True)


@click.group(
    "eval",
    cls=DefaultCommand,
    epilog="""\b
Examples:
  byline eval                                    the bundled questions over the bundled articles
  byline eval my.jsonl --report my.html          your own; a report to read in a browser
  byline eval my.jsonl --without keywords --compare     what is the keyword search worth?
  byline eval my.jsonl --at-least f1=0.7         exit code 1 where F1 is less
  byline eval --compare=20261122-093000          what changed since that run
  byline eval show                               what failed in the last run, gold and given
  byline eval runs                               what is kept

Interrupted, the same command goes on where it was. Exit codes: 0 done, 1 an --at-least was missed,
2 an error.""",
)
def command() -> None:
    """Ask a question SET from end to end, and tell how good the answers are.

    A set has one question a line, as JSON. Without a SET the bundled questions are asked of the
    bundled articles. Each run is kept.
    """


@command.command(DefaultCommand.DEFAULT, cls=WithOptionalValues, hidden=True)
@click.argument("question_set", metavar="[SET]", required=False, type=_FILE)
@index_option
@reader_option
@click.option(
    "--threshold",
    type=click.FloatRange(0, 1),
    metavar="P",
    help="Confidence under which there is no answer. [default: calibrated on SQuAD dev articles]",
)
@click.option(
    "--in", "within", multiple=True, metavar="PATH", help="Only in articles at or under PATH."
)
@click.option(
    "--without",
    multiple=True,
    type=click.Choice([part.value for part in Component]),
    help="Leave a part out, to see what it is worth; may be given again.",
)
@click.option("--limit", type=click.IntRange(1), metavar="N", help="Only the first N questions.")
@click.option(
    "--json",
    "json_file",
    type=click.Path(path_type=Path, dir_okay=False, resolve_path=True, allow_dash=True),
    metavar="[FILE.json]",
    help="Write figures and outcomes as JSON; alone, print them and nothing else.",
)
@click.option("--report", type=_WRITTEN, help="Write a report as one HTML file.")
@click.option("--predictions", type=_WRITTEN, help="Write the replies for SQuAD's scorer.")
@click.option(
    "--compare",
    "compared",
    metavar="[RUN]",
    shell_complete=complete_run_or_file,
    help="Tell what changed since a RUN, by its name; alone, since the last one of this set.",
)
@click.option(
    "--at-least", multiple=True, metavar="FIGURE=N", help="Exit with 1 where a figure is less."
)
@click.option("--fresh", is_flag=True, help="Start anew where an interrupted run could go on.")
@click.pass_context
def run_command(
    ctx: click.Context,
    question_set: Path | None,
    index_folder: Path | None,
    reader: str | None,
    threshold: float | None,
    within: tuple[str, ...],
    without: tuple[str, ...],
    limit: int | None,
    json_file: Path | None,
    report: Path | None,
    predictions: Path | None,
    compared: str | None,
    at_least: tuple[str, ...],
    fresh: bool,
) -> int:
    """Ask a question SET from end to end, and tell how good the answers are."""
    limits = [limit_of(one) for one in at_least]
    as_json = json_file == Path(STDOUT)
    json_written = None if as_json else json_file
    _require_writable(json_written, report, predictions)
    named = (run_named(runs_folder(), compared),) if compared else ()
    asked = read_set(question_set) if question_set else bundled_set()
    chosen = chosen_reader(reader)
    is_index_named = ctx.get_parameter_source("index_folder") is ParameterSource.COMMANDLINE
    is_own = question_set is not None or is_index_named
    store = store_to_ask(index_folder, chosen) if is_own else bundled_to_ask(chosen)
    least = setting("threshold", threshold, default_threshold())
    left_out = frozenset(map(Component, without))
    with closing(Bot.open(store, model_cache(), chosen, least, _notice, left_out)) as bot:
        run = _run(bot, store, asked, asked.questions[:limit], within, chosen, fresh)
    outcomes, results = run.outcomes(), run.results()
    is_last_wanted = compared == LAST_RUN
    last = last_finished(runs_folder(), asked.name, run.name) if is_last_wanted else ()
    comparisons = tuple(_compared(one, run, outcomes, results) for one in named or last)
    exported = Exported(
        run=run.name,
        started=run.started,
        settings=run.settings,
        results=results,
        comparisons=comparisons,
        outcomes=tuple(outcomes),
    )
    # Before anything is shown: who reads it may go away.
    written = list(_written(exported, json_written, report, predictions))
    if as_json:
        click.echo(json_of(exported))
    else:
        show_results(results, outcomes)
        for one in comparisons:
            show_comparison(one)
    if is_last_wanted and not comparisons:
        _notice("there is no earlier run of this set to compare with")
    for message in written:
        _notice(message)
    return _held(limits, results)


command.add_command(import_command)
command.add_command(new_command)
command.add_command(runs_command)
command.add_command(show_command)


def _run(
    bot: Bot,
    store: Store,
    asked: QuestionSet,
    questions: Sequence[Question],
    within: tuple[str, ...],
    reader: str,
    fresh: bool,
) -> Run:
    """Ask, and keep the run; what an interruption leaves is gone on with by the same command."""
    bases = asked.bases(bot.index.generation.manifest.roots)
    _tell_of_gold(questions, bases)
    gold = GoldPassages(bot.index.generation.catalog, bases)
    examiner = Examiner(bot, gold, GoldQuotes(bases), within)
    settings = RunSettings(
        set_name=asked.name,
        set_sha256=asked.sha256,
        questions=len(questions),
        index=str(store.folder.absolute()),
        generation=bot.index.name,
        reader=reader,
        reader_fingerprint=find_reader(reader).fingerprint,
        threshold=bot.threshold,
        within=within,
        without=tuple(sorted(bot.without)),
        versions=versions(),
    )
    with recording(runs_folder(), settings, fresh) as recorder:
        if recorder.done:
            _notice(f"going on with run {recorder.run.name}, {len(recorder.done):,} questions done")
        watch_asking(ask_all(questions, examiner, recorder))
        cold = cold_start(questions[0].whole, store.folder, reader)
        recorder.run.finish(results_of(recorder.run.outcomes(), cold))
        return recorder.run


def _tell_of_gold(questions: Sequence[Question], bases: Sequence[Path]) -> None:
    problems = [one for one in check_gold(questions, bases) if not one.is_note]
    for problem in problems[:_TOLD]:
        _notice(problem.message)
    if len(problems) > _TOLD:
        _notice(f"and {len(problems) - _TOLD:,} more places of gold are not as they say")


def _compared(earlier: Run, run: Run, outcomes: Sequence[Outcome], results: Results) -> Comparison:
    before = (earlier.outcomes(), earlier.results())
    changed = changed_settings(earlier.settings, run.settings)
    return compare(earlier.name, before, (outcomes, results), changed)


def _require_writable(*written: Path | None) -> None:
    for file in written:
        if file and not file.parent.is_dir():
            raise BadRequest(f"{file} cannot be written: its folder does not exist")
        if file and file.exists() and not file.is_file():
            raise BadRequest(f"{file} cannot be written: it is no regular file")


def _written(
    exported: Exported, json_file: Path | None, report: Path | None, predictions: Path | None
) -> Iterator[str]:
    """Write what was asked for; yields what to tell of it."""
    if json_file:
        write_json(json_file, exported)
        yield f"figures and outcomes written to {json_file}"
    if report:
        write_report(report, exported, visible)
        yield f"report written to {report}"
    if predictions:
        beside = write_predictions(predictions, exported.outcomes)
        yield f"replies written to {predictions}, doubts to {beside}"


def _held(limits: Sequence[Limit], results: Results) -> int:
    code = Exit.DONE
    for one in missed(limits, results):
        code = Exit.NO_ANSWER
        name = one.limit.name
        _notice(
            f"{name} is {shown_value(name, one.value)}, below {shown_value(name, one.limit.least)} "
            f"by {one.by:.4f}"
        )
    return code


def _notice(message: str) -> None:
    click.echo(f"byline: {visible(message)}", err=True)
