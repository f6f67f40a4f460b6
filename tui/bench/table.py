"""All of Byline's speed and size in one table: each figure beside a limit of the same run."""

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from eval.bench.asking import Times
from eval.bench.by_size import Grown, bench_grown
from eval.bench.indexing import bench_index
from index.models.registry import DEFAULT_MODEL
from tui.bench.chat import bench_chat
from tui.jobs.cold_start import cold_start
from tui.jobs.python import PYTHON
from tui.output.json_output import json_line
from tui.paths import model_cache

EMBEDDED = 500
"""Passages that are really embedded."""
_CHAT_PASSAGES = 200
_COLD_ROUNDS = 5
_QUESTION = "Who signed the Czech radar treaty?"
_MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Figure:
    """Something measured."""

    name: str
    value: float
    unit: str
    beside: str
    """What it is compared with, measured in the same run; empty where with nothing."""
    limit: float
    """Of the same unit; 0 where there is none."""

    @property
    def ratio(self) -> float:
        """How many times the limit it is; 0 where there is none."""
        return self.value / self.limit if self.limit else 0.0


def bench_whole(
    passages: int, reader: str, embed: bool, chat: bool, tell: Callable[[str], None]
) -> tuple[Figure, ...]:
    """Measure everything over an index of about so many passages.

    Embedding and the chat are measured where asked for; their cost does not depend on the size.
    """
    figures: list[Figure] = []
    if embed:
        result = bench_index(DEFAULT_MODEL, EMBEDDED, PYTHON, tell)
        unit = "passages/s"
        figures += [
            Figure("indexing", result.indexing, unit, "bare model, same batches", result.bare),
            Figure("indexing", result.indexing, unit, "usual default", result.usual),
        ]
    with tempfile.TemporaryDirectory() as scratch:
        figures += grown_figures(Path(scratch), passages, reader, tell)
    if chat:
        frame = bench_chat(_CHAT_PASSAGES, tell)
        figures.append(Figure("chat's first frame", frame.frame, "s", "Textual alone", frame.bare))
    return tuple(figures)


def grown_figures(
    folder: Path, passages: int, reader: str, tell: Callable[[str], None]
) -> list[Figure]:
    """Measure what depends on the size of the index, in a folder that keeps it."""
    grown = bench_grown(folder, passages, DEFAULT_MODEL, model_cache(), reader, PYTHON, tell)
    tell("cold questions")
    cold = [
        spent / 1000
        for _ in range(_COLD_ROUNDS)
        for spent in cold_start(_QUESTION, folder / "index", reader)
    ]
    for way in grown.way:
        tell(way)
    return [
        Figure("passages", grown.passages, "", "", 0),
        Figure("articles", grown.articles, "", "", 0),
        *_build_figures(grown),
        Figure("cold ask, whole process", median(cold), "s", "models alone", grown.started),
        *_asking_figures(grown),
        Figure(
            "size on disk", grown.index_bytes / _MEGABYTE, "MB", "the articles",
            grown.text_bytes / _MEGABYTE,
        ),
    ]  # fmt: skip


def _build_figures(grown: Grown) -> Sequence[Figure]:
    built, vectors = grown.built, _float32_vectors(grown)
    return [
        Figure("first build without the model", built.seconds, "s", "", 0),
        Figure("its memory, at most", built.peak / _MEGABYTE, "MB", "float32 vectors", vectors),
        Figure("update of nothing, process", grown.nothing, "s", "listing the files", grown.listed),
        Figure(
            "update of 10 articles, less embedding", grown.changed, "s", "an update of nothing",
            grown.nothing,
        ),
    ]  # fmt: skip


def _asking_figures(grown: Grown) -> list[Figure]:
    asked = grown.asked
    bare = asked.encoder.p50 + asked.network.p50
    encoder, networks = asked.encoder.p50, asked.network.p50
    both = ("encoder and network", bare)
    of_stage = {"encode": ("encoder alone", encoder), "read": ("network alone", networks)}
    return [
        *_both("warm ask", asked.total, *both),
        *(
            one
            for name, times in asked.stages.items()
            for one in _both(f"  {name}", times, *of_stage.get(name, both))
        ),
        *_both("retrieval", asked.retrieval, "encoder alone", encoder),
        Figure("recall@10", asked.recall, "", "exact search", 1.0),
        Figure("exact search", asked.exact, "ms", "", 0),
        Figure(
            "resident while asked", asked.resident / _MEGABYTE, "MB", "float32 vectors",
            _float32_vectors(grown),
        ),
    ]  # fmt: skip


def _float32_vectors(grown: Grown) -> float:
    """Give the megabytes that all vectors would take as the model gives them."""
    return 4 * 384 * grown.passages / _MEGABYTE


def _both(name: str, times: Times, beside: str, limit: float) -> list[Figure]:
    return [
        Figure(f"{name}, p50", times.p50, "ms", beside, limit),
        Figure(f"{name}, p95", times.p95, "ms", beside, limit),
    ]


def figures_line(figures: Sequence[Figure]) -> str:
    """Return figures of a measurement as one line of JSON."""
    return json_line(
        {
            "figures": [
                {
                    "name": one.name.strip(),
                    "value": one.value,
                    "unit": one.unit,
                    "beside": one.beside or None,
                    "limit": one.limit or None,
                    "ratio": one.ratio or None,
                }
                for one in figures
            ]
        }
    )
