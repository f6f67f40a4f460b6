"""What a run gives to other programs: its replies as SQuAD predictions, and all of it as JSON."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from eval.outcomes import Outcome
from eval.runs.compare import Comparison
from eval.runs.results import Results
from eval.runs.run_store import RunSettings
from index.disk.durable_files import replace_synced
from index.disk.json_lines import encode_line


class Exported(msgspec.Struct, frozen=True, kw_only=True):
    """A run and all that is known of it."""

    run: str
    started: str
    settings: RunSettings
    results: Results
    comparisons: tuple[Comparison, ...]
    """With the run that it was compared to, or none."""
    outcomes: tuple[Outcome, ...]


def json_of(exported: Exported) -> str:
    """Give a run as one JSON object on one line, in ASCII."""
    return encode_line(exported)


def write_json(file: Path, exported: Exported) -> None:
    """Write a run as one JSON object, in ASCII."""
    replace_synced(file, f"{json_of(exported)}\n".encode("ascii"))


def write_predictions(file: Path, outcomes: Sequence[Outcome]) -> Path:
    """Write replies as SQuAD's scorer reads them, by question id; gives the file beside it.

    That is the probability that there is no answer, for the scorer's `--na-prob-file`: 1 minus the
    confidence of the best span. A refusal is an empty reply.
    """
    beside = file.with_name(f"{file.stem}.na-prob.json")
    replies = {one.id: one.reply for one in outcomes}
    doubts = {one.id: 1.0 - one.confidence for one in outcomes}
    replace_synced(file, f"{encode_line(replies)}\n".encode("ascii"))
    replace_synced(beside, f"{encode_line(doubts)}\n".encode("ascii"))
    return beside
