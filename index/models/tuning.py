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
import numpy as np
from numpy.typing import NDArray

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
_TOO_SLOW = 1.3
"""A way is not tried on the network if one product takes more than this multiple of the time that
it takes in another way, which reads as well: writing a large network takes seconds."""
_PRODUCT = (384, 1536)
"""Shape of that product's weights: the largest ones of MiniLM."""
PRODUCT_INPUT = "values"
"""The name of what it is multiplied with."""
_OPSET, _IR = 20, 9
"""Versions that torch's exporter writes; onnx would write newer ones than onnxruntime reads."""
_PRODUCTS = 20
"""Computed in each turn, as one may take less than a tenth of a millisecond."""

FLOAT32, BLOCKS, COLUMNS = "float32", "int8 in blocks", "int8 by columns"

Write = Callable[[Path, Path, Sequence[Inputs]], None]
"""Writes a network, as `write_finished` does; it may look at how it computes samples of inputs."""


class Trial(msgspec.Struct, frozen=True):
    """A way of computing a network, as it was measured on this machine."""

    way: str
    loss: float | None
    """How far its results are from the original network's: of a reader the greatest difference of
    a logit, of an encoder 1 minus the least cosine; None if it was not tried, as it is too slow."""
    milliseconds: float | None
    """For the sample; None if it was not timed, as it is too slow or loses too much."""


@dataclass(frozen=True)
class Way:
    """A way of computing a network, and what it may lose."""

    name: str
    write: Write
    limit: float
    """Greatest loss with which it may be chosen."""


def exact(limit: float) -> Way:
    """Compute in float32."""
    return Way(FLOAT32, lambda network, path, _: write_finished(network, path), limit)


def blocks(size: int, limit: float) -> Way:
    """Compute in int8, with a scale for each block of weights."""
    return Way(BLOCKS, lambda network, path, _: write_finished_int8(network, path, size), limit)


def columns(limit: float) -> Way:
    """Compute in int8, with a scale for each column of weights, smoothed on samples of inputs."""
    return Way(COLUMNS, write_finished_columns_int8, limit)


@dataclass(frozen=True)
class Sample:
    """What ways of computing a network are compared and timed on."""

    inputs: Sequence[Inputs]
    """For smoothing: see there."""
    tokens: int
    """About how many a run has."""
    loss: Callable[[Any], float]
    """Returns how far the results of a session are from those of the original network."""
    run: Callable[[Any], object]
    """Computes with a session what is timed."""


@dataclass(frozen=True)
class _Tried:
    """A network written in one way."""

    folder: Path
    session: Any
    loss: float
    is_good: bool


def write_fastest(
    network: Path,
    path: Path,
    ways: Sequence[Way],
    sample: Sample,
    threads: int | None = None,
    rival: Trial | None = None,
) -> list[Trial]:
    """Write a network in the fastest of several ways, which are in order, the most exact one first.

    Sessions are opened with `threads`, as by `open_session`. If a `rival`, another program's way,
    took less time, nothing is written. Returns the trials, the chosen one first. Raises
    ModelUnavailable if each way loses more than its limit.
    """
    with tempfile.TemporaryDirectory(dir=path.parent) as scratch:
        tried = _tried(network, Path(scratch) / path.name, ways, sample, threads)
        good = {name: each.session for name, each in tried.items() if each.is_good}
        if not good:
            raise ModelUnavailable(f"its results differ by {tried[ways[0].name].loss:.5f}")
        times = _times(good, sample.run)
        losses = {name: each.loss for name, each in tried.items()}
        trials = [Trial(way.name, losses.get(way.name), times.get(way.name)) for way in ways]
        chosen = _about_fastest(trials)
        if rival is not None:
            trials.append(rival)
            chosen = min(chosen, rival, key=_milliseconds)
        if chosen is not rival:
            for file in tried[chosen.way].folder.iterdir():
                file.replace(path.parent / file.name)
    return [chosen, *(trial for trial in trials if trial is not chosen)]


def _tried(
    network: Path, path: Path, ways: Sequence[Way], sample: Sample, threads: int | None
) -> dict[str, _Tried]:
    """Write and compare a network in the ways that may be the fastest, by their names.

    Each is written in a folder beside `path`, with its name.
    """
    spent = {way.name: _product_time(way, sample.tokens, path.parent, threads) for way in ways}
    tried: dict[str, _Tried] = {}
    for way in sorted(ways, key=lambda way: spent[way.name]):
        fastest = min((spent[name] for name, each in tried.items() if each.is_good), default=None)
        if fastest is not None and spent[way.name] > _TOO_SLOW * fastest:
            break
        folder = path.parent / way.name
        session = _written(way, network, folder / path.name, sample.inputs, threads)
        loss = sample.loss(session)
        # A loss that is not a number is within no limit.
        tried[way.name] = _Tried(folder, session, loss, loss <= way.limit)
    return tried


def _product_time(way: Way, tokens: int, scratch: Path, threads: int | None) -> float:
    """Return the milliseconds of `_PRODUCTS` products of one weight in a way."""
    random = np.random.default_rng(0)
    weight, values = (
        random.normal(size=shape).astype(np.float32) for shape in (_PRODUCT, (tokens, _PRODUCT[0]))
    )
    network, inputs = scratch / "product.onnx", {PRODUCT_INPUT: values}
    write_product(weight, network)
    path = scratch / f"a product in {way.name}" / network.name
    session = _written(way, network, path, [inputs], threads)

    def run() -> None:
        for _ in range(_PRODUCTS):
            session.run(None, inputs)

    return best_time(run)


def _written(
    way: Way, network: Path, path: Path, samples: Sequence[Inputs], threads: int | None
) -> Any:  # noqa: ANN401
    """Write a network in a way, into a folder that is created, and open it."""
    path.parent.mkdir()
    way.write(network, path, samples)
    return open_session(path, threads)


def write_product(weight: NDArray[np.float32], path: Path) -> None:
    """Write a network that multiplies rows of `PRODUCT_INPUT` by a weight."""
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    rows, columns = weight.shape
    graph = helper.make_graph(
        [helper.make_node("MatMul", [PRODUCT_INPUT, "weight"], ["result"], "product")],
        "product",
        [helper.make_tensor_value_info(PRODUCT_INPUT, TensorProto.FLOAT, ["tokens", rows])],
        [helper.make_tensor_value_info("result", TensorProto.FLOAT, ["tokens", columns])],
        [numpy_helper.from_array(weight, "weight")],
    )
    opsets = [helper.make_opsetid("", _OPSET)]
    onnx.save(helper.make_model(graph, opset_imports=opsets, ir_version=_IR), path)


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
    return ", ".join(f"{trial.way} {_result(trial)}" for trial in trials)


def _result(trial: Trial) -> str:
    if trial.loss is None:
        return "is too slow"
    return "loses too much" if trial.milliseconds is None else f"{trial.milliseconds:.1f} ms"
