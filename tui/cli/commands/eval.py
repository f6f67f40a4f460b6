"""`byline eval`: measure answer quality, and find out why questions fail."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from eval.metrics.labels import format_value
from eval.metrics.risk_control import RISK, describe, propose
from eval.outcomes import Outcome
from eval.report.html import write_report
from eval.runs.ask_all import RunProgress, ask_all
from eval.runs.compare import Comparison, changed_settings, compare
from eval.runs.examine import Examiner
from eval.runs.export import ExportedRun, write_predictions
from eval.runs.gold_passages import GoldPassages
from eval.runs.results import Results, results_of
from eval.runs.run_store import Run, RunSettings, last_finished, recording, run_named, versions
from eval.runs.thresholds import missed, parse_minimum
from eval.sets.gold import check_gold
from eval.sets.gold_quotes import GoldQuotes
from eval.sets.loading import QuestionSet, bundled_set, read_set
from eval.sets.question_set import Question
from index.disk.durable_files import replace_synced
from index.disk.json_lines import encode_line
from index.errors import BadRequest, require
from index.storage.scope import Scope
from index.storage.store import Store
from qa.ablation import Component
from qa.bot import Bot
from qa.reader.export import readers_named
from qa.reader.sources import find_reader
from tui.cli.commands.eval_runs import runs_command, show_command
from tui.cli.commands.eval_sets import import_command, new_command
from tui.cli.default_command import DefaultCommand
from tui.cli.options import index_option, reader_option, scope_options, threshold_option
from tui.cli.run_names import LAST_RUN, STDOUT, WithOptionalValues, complete_run_or_file
from tui.cli.which_index import bundled_to_ask, store_to_ask
from tui.exit_codes import Exit
from tui.jobs.cold_start import cold_start
from tui.output.console import notice
from tui.output.eval_tables import show_comparison, show_results
from tui.output.progress import ProgressDisplay
from tui.output.sanitise import visible
from tui.paths import model_cache, runs_folder
from tui.settings import chosen_reader, setting

_MAX_PROBLEMS = 5
"""Gold references that do not match, reported one by one."""
_FILE = click.Path(path_type=Path, dir_okay=False)
_OUTPUT = click.Path(path_type=Path, dir_okay=False, resolve_path=True)
_OUTPUT_OR_STDOUT = click.Path(path_type=Path, dir_okay=False, resolve_path=True, allow_dash=True)


@click.group(
    "eval",
    cls=DefaultCommand,
    epilog="""\b
Examples:
  byline eval                                    bundled questions over the bundled articles
  byline eval my.jsonl --report my.html          your own questions; a report for the browser
  byline eval my.jsonl --without keywords --compare     what keyword search contributes
  byline eval my.jsonl --risk 0.1                which threshold keeps wrong answers rare?
  byline eval my.jsonl --at-least f1=0.7         exit code 1 if F1 is lower
  byline eval --compare=20261122-093000          what changed since that run
  byline eval show                               failures of the last run, gold next to answers
  byline eval runs                               list stored runs

Run the same command again to resume an interrupted run. Exit codes: 0 done, 1 an --at-least was
missed, 2 an error.""",
)
def command() -> None:
    """Ask all questions of a SET and measure the answers.

    A set has one question per line, as JSON. Without a SET, the bundled questions are asked about
    the bundled articles. Every run is stored.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class EvalOptions:
    """The options of `byline eval`."""

    question_set: Path | None
    """None for the bundled set."""
    index_folder: Path | None
    is_index_named: bool
    """Whether the index was named on the command line rather than by the environment."""
    reader: str | None
    threshold: float | None
    scope: Scope
    without: tuple[str, ...]
    limit: int | None
    json_file: Path | None
    """STDOUT to print JSON and nothing else."""
    report: Path | None
    predictions: Path | None
    compared: str | None
    """A run name, LAST_RUN, or None for no comparison."""
    at_least: tuple[str, ...]
    risk: float
    fresh: bool

    @property
    def json_to_stdout(self) -> bool:
        """Whether JSON is printed instead of tables."""
        return self.json_file == Path(STDOUT)

    @property
    def output_files(self) -> list[Path]:
        """The files to write."""
        json_file = None if self.json_to_stdout else self.json_file
        return [file for file in (json_file, self.report, self.predictions) if file]


@command.command(DefaultCommand.DEFAULT, cls=WithOptionalValues, hidden=True)
@click.argument("question_set", metavar="[SET]", required=False, type=_FILE)
@index_option
@reader_option
@threshold_option
@click.option(
    "--without",
    multiple=True,
    type=click.Choice([component.value for component in Component]),
    help="Ablate a component (repeatable).",
)
@click.option(
    "--limit", type=click.IntRange(1), metavar="N", help="Ask only the first N questions."
)
@click.option(
    "--json",
    "json_file",
    type=_OUTPUT_OR_STDOUT,
    metavar="[FILE.json]",
    help="Write figures and outcomes as JSON; without a file, print only that.",
)
@click.option("--report", type=_OUTPUT, help="Write a report as one HTML file.")
@click.option("--predictions", type=_OUTPUT, help="Write replies for SQuAD's scorer.")
@click.option(
    "--compare",
    "compared",
    metavar="[RUN]",
    shell_complete=complete_run_or_file,
    help="Show what changed since a RUN; without a name, since the last run of this set.",
)
@click.option(
    "--at-least", multiple=True, metavar="FIGURE=N", help="Exit with 1 if a figure is lower."
)
@click.option(
    "--risk",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    default=RISK,
    show_default=True,
    metavar="SHARE",
    help="Propose a threshold at which at most this share of the answers is wrong.",
)
@click.option("--fresh", is_flag=True, help="Start over instead of resuming an interrupted run.")
@scope_options
@click.pass_context
def run_command(ctx: click.Context, /, **values: Any) -> int:  # noqa: ANN401
    """Ask all questions of a SET and measure the answers."""
    source = ctx.get_parameter_source("index_folder")
    return _evaluate(EvalOptions(is_index_named=source is ParameterSource.COMMANDLINE, **values))


command.add_command(import_command)
command.add_command(new_command)
command.add_command(runs_command)
command.add_command(show_command)


def _evaluate(options: EvalOptions) -> int:
    require("ir_measures", "jinja2", "matplotlib", "scipy", extra="eval")
    minimums = [parse_minimum(text) for text in options.at_least]
    _require_writable(options.output_files)
    earlier = run_named(runs_folder(), options.compared) if options.compared else None
    question_set = read_set(options.question_set) if options.question_set else bundled_set()
    run = _run(options, question_set)
    if options.compared == LAST_RUN:
        earlier = last_finished(runs_folder(), question_set.name, run.name)
        if earlier is None:
            notice("there is no earlier run of this set to compare with")
    outcomes, results = run.outcomes(), run.results()
    comparison = _compared(earlier, run, outcomes, results) if earlier else None
    exported = ExportedRun(
        run=run.name,
        started=run.started,
        settings=run.settings,
        results=results,
        comparisons=(comparison,) if comparison else (),
        outcomes=tuple(outcomes),
        proposal=propose(outcomes, options.risk),
    )
    # Write first: printing fails if the reader of a pipe has gone.
    messages = list(_write(exported, options))
    if options.json_to_stdout:
        click.echo(encode_line(exported))
    else:
        show_results(results, outcomes)
        click.echo(describe(exported.proposal))
        if comparison:
            show_comparison(comparison)
    for message in messages:
        notice(message)
    return _check_minimums(minimums, results)


def _run(options: EvalOptions, question_set: QuestionSet) -> Run:
    """Ask the questions and store the run; resume it if it was interrupted."""
    reader = chosen_reader(options.reader)
    is_own_index = options.question_set is not None or options.is_index_named
    store = store_to_ask(options.index_folder, reader) if is_own_index else bundled_to_ask(reader)
    without = frozenset(map(Component, options.without))
    threshold = setting("threshold", options.threshold, None)
    budget = setting("reading_budget", None, None)
    questions = question_set.questions[: options.limit]
    opened = Bot.open(store, model_cache(), reader, threshold, notice, without, budget)
    with closing(opened) as bot:
        bases = question_set.bases(bot.index.generation.manifest.roots)
        _report_gold_problems(questions, bases)
        settings = _settings(options, bot, store, question_set, len(questions), reader)
        gold = GoldPassages(bot.index.generation.catalog, bases)
        examiner = Examiner(bot, gold, GoldQuotes(bases), options.scope)
        examiner.require_indexed(questions)
        with recording(runs_folder(), settings, options.fresh) as recorder:
            run = recorder.run
            if recorder.done:
                notice(f"resuming run {run.name} ({len(recorder.done):,} questions done)")
            _watch(ask_all(questions, examiner, recorder))
            milliseconds = cold_start(questions[0].searched_question, store.folder, reader)
            run.finish(results_of(run.outcomes(), milliseconds))
            return run


def _watch(run: Iterator[RunProgress]) -> None:
    """Let a run ask its questions, with running figures on stderr."""
    with ProgressDisplay(line_delay=5.0) as display:
        for progress in run:
            figures = (
                f"exact {100 * progress.exact:.1f}  F1 {100 * progress.f1:.1f}  "
                f"answered {100 * progress.answered / max(1, progress.done):.0f}%"
            )
            display.update("Asking", progress.done, progress.total, detail=figures)


def _settings(
    options: EvalOptions,
    bot: Bot,
    store: Store,
    question_set: QuestionSet,
    questions: int,
    reader: str,
) -> RunSettings:
    return RunSettings(
        set_name=question_set.name,
        set_sha256=question_set.sha256,
        questions=questions,
        index=str(store.folder.absolute()),
        generation=bot.index.name,
        reader=reader,
        reader_fingerprint=" ".join(
            find_reader(name).fingerprint for name in readers_named(reader, model_cache())
        ),
        threshold=bot.threshold,
        within=options.scope.within,
        since=str(options.scope.since or ""),
        until=str(options.scope.until or ""),
        where=tuple(field.text for field in options.scope.where),
        without=tuple(sorted(bot.without)),
        versions=versions(),
    )


def _report_gold_problems(questions: Sequence[Question], bases: Sequence[Path]) -> None:
    problems = [problem for problem in check_gold(questions, bases) if not problem.is_note]
    for problem in problems[:_MAX_PROBLEMS]:
        notice(problem.message)
    if len(problems) > _MAX_PROBLEMS:
        notice(f"and {len(problems) - _MAX_PROBLEMS:,} more gold references do not match")


def _compared(earlier: Run, run: Run, outcomes: Sequence[Outcome], results: Results) -> Comparison:
    before = (earlier.outcomes(), earlier.results())
    changed = changed_settings(earlier.settings, run.settings)
    return compare(earlier.name, before, (outcomes, results), changed)


def _require_writable(files: Sequence[Path]) -> None:
    for file in files:
        if not file.parent.is_dir():
            raise BadRequest(f"{file} cannot be written: its folder does not exist")
        if file.exists() and not file.is_file():
            raise BadRequest(f"{file} cannot be written: not a regular file")


def _write(exported: ExportedRun, options: EvalOptions) -> Iterator[str]:
    """Write the files that the options name; yield a message for each."""
    if options.json_file and not options.json_to_stdout:
        replace_synced(options.json_file, f"{encode_line(exported)}\n".encode("ascii"))
        yield f"figures and outcomes written to {options.json_file}"
    if options.report:
        write_report(options.report, exported, visible)
        yield f"report written to {options.report}"
    if options.predictions:
        probabilities_file = write_predictions(options.predictions, exported.outcomes)
        yield (
            f"replies written to {options.predictions}, no-answer probabilities to "
            f"{probabilities_file}"
        )


def _check_minimums(minimums: Sequence[tuple[str, float]], results: Results) -> int:
    misses = missed(minimums, results)
    for name, value, minimum in misses:
        notice(
            f"{name} is {format_value(name, value)}, below {format_value(name, minimum)} "
            f"by {minimum - value:.4f}"
        )
    return Exit.NO_ANSWER if misses else Exit.DONE
