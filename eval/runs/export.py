"""Export a run: replies as SQuAD predictions, or everything as JSON."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from eval.metrics.risk_control import Proposal
from eval.outcomes import Outcome
from eval.runs.compare import Comparison
from eval.runs.results import Results
from eval.runs.run_store import RunSettings
from index.disk.durable_files import replace_synced
from index.disk.json_lines import encode_line


class ExportedRun(msgspec.Struct, frozen=True, kw_only=True):
    """A run with everything known about it."""

    run: str
    started: str
    settings: RunSettings
    results: Results
    comparisons: tuple[Comparison, ...]
    """With the run that it was compared to; empty if there is none."""
    outcomes: tuple[Outcome, ...]
    proposal: Proposal


def write_predictions(file: Path, outcomes: Sequence[Outcome]) -> Path:
    """Write replies by question id for SQuAD's scorer, and return the path of a second file.

    That file has the probability that there is no answer, for the scorer's `--na-prob-file`: 1
    minus the confidence of the best span. A refusal is an empty reply.
    """
    probabilities_file = file.with_name(f"{file.stem}.na-prob.json")
    replies = {outcome.id: outcome.reply for outcome in outcomes}
    probabilities = {outcome.id: 1.0 - outcome.confidence for outcome in outcomes}
    replace_synced(file, f"{encode_line(replies)}\n".encode("ascii"))
    replace_synced(probabilities_file, f"{encode_line(probabilities)}\n".encode("ascii"))
    return probabilities_file
