"""Ways of computing a network, of which the fastest on this machine is chosen by measurement."""

import math
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from index.errors import ModelUnavailable
from index.models.onnx_runtime import open_session, write_finished
from index.models.quantization import write_finished_columns_int8, write_finished_int8
from index.models.smoothing import Inputs

_ROUNDS = 3
"""Timings of each way, in turns, of which the best counts: other programs only ever slow one. What
is timed is this process's processor time, for the same reason."""
_ABOUT_AS_FAST = 1.1
"""A way that takes at most this multiple of the fastest one's time is preferred if it is more
exact."""

FLOAT32, BLOCKS, COLUMNS = "float32", "int8 in blocks", "int8 by columns"

Write = Callable[[Path, Path], None]
"""Writes a network, as `write_finished` does."""


class Trial(msgspec.Struct, frozen=True):
    """A way of computing a network, as it was measured on this machine."""

    way: str
    loss: float
    """How far its results are from the original network's: of a reader the greatest difference of
    a logit, of an encoder 1 minus the least cosine."""
    milliseconds: float | None
    """For the sample; None if it was not timed because it loses too much."""


@dataclass(frozen=True)
class Way:
    """A way of computing a network, and what it may lose."""

    name: str
    write: Write
    limit: float
    """Greatest loss with which it may be chosen."""


def exact(limit: float) -> Way:
    """Compute in float32."""
    return Way(FLOAT32, write_finished, limit)


def blocks(size: int, limit: float) -> Way:
    """Compute in int8, with a scale for each block of weights."""
    return Way(BLOCKS, partial(write_finished_int8, block=size), limit)


def columns(limit: float, samples: Sequence[Inputs]) -> Way:
    """Compute in int8, with a scale for each column of weights, smoothed on samples of inputs."""
    return Way(COLUMNS, partial(write_finished_columns_int8, samples=samples), limit)


def write_fastest(
    network: Path,
    path: Path,
    ways: Sequence[Way],
    loss: Callable[[Any], float],
    run: Callable[[Any], object],
    threads: int | None = None,
    rival: Trial | None = None,
) -> list[Trial]:
    """Write a network in the fastest of several ways, which are in order, the most exact one first.

    `loss` and `run` take a session, opened with `threads` as by `open_session`; `run` computes the
    sample that is timed. If a `rival`, another program's way, took less time, nothing is written.
    Returns the trials, the chosen one first. Raises ModelUnavailable if each way loses more than
    its limit.
    """
    with tempfile.TemporaryDirectory(dir=path.parent) as scratch:
        written = {way.name: Path(scratch) / str(n) / path.name for n, way in enumerate(ways)}
        sessions = {}
        for way in ways:
            written[way.name].parent.mkdir()
            way.write(network, written[way.name])
            sessions[way.name] = open_session(written[way.name], threads)
        losses = {name: loss(session) for name, session in sessions.items()}
        # A loss that is not a number is within no limit.
        good = {way.name: sessions[way.name] for way in ways if losses[way.name] <= way.limit}
        if not good:
            raise ModelUnavailable(f"its results differ by {losses[ways[0].name]:.5f}")
        times = _times(good, run)
        trials = [Trial(name, losses[name], times.get(name)) for name in sessions]
        chosen = _about_fastest(trials)
        if rival is not None:
            trials.append(rival)
            chosen = min(chosen, rival, key=_milliseconds)
        if chosen is not rival:
            for file in written[chosen.way].parent.iterdir():
                file.replace(path.parent / file.name)
    return [chosen, *(trial for trial in trials if trial is not chosen)]


def _about_fastest(trials: Sequence[Trial]) -> Trial:
    """Return the first trial, of the most exact way, that is about as fast as the fastest."""
    enough = _ABOUT_AS_FAST * min(map(_milliseconds, trials))
    return next(trial for trial in trials if _milliseconds(trial) <= enough)


def _milliseconds(trial: Trial) -> float:
    """Return what a trial took; infinite if it was not timed."""
    return math.inf if trial.milliseconds is None else trial.milliseconds


def _times(sessions: Mapping[str, Any], run: Callable[[Any], object]) -> dict[str, float]:
    """Return the least milliseconds of each."""
    best = dict.fromkeys(sessions, math.inf)
    for _ in range(_ROUNDS):
        for name, session in sessions.items():
            best[name] = min(best[name], _timed(partial(run, session)))
    return best


def best_time(run: Callable[[], object]) -> float:
    """Return the least milliseconds of several runs."""
    return min(_timed(run) for _ in range(_ROUNDS))


def _timed(run: Callable[[], object]) -> float:
    start = time.process_time()
    run()
    return 1000 * (time.process_time() - start)


def described(trials: Sequence[Trial]) -> str:
    """Return what was measured, the chosen way first, in a few words for people."""
    return ", ".join(
        f"{trial.way} loses too much"
        if trial.milliseconds is None
        else f"{trial.way} {trial.milliseconds:.1f} ms"
        for trial in trials
    )
