"""All of Byline's speed and size in one table, each figure next to a reference of the same run."""

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from eval.bench.asking import Times
from eval.bench.by_size import SizeBench, bench_size
from eval.bench.indexing import bench_index
from index.models.registry import DEFAULT_MODEL
from tui.bench.chat import bench_chat
from tui.jobs.cold_start import cold_start
from tui.jobs.python import PYTHON
from tui.output.json_output import json_line
from tui.paths import model_cache

EMBEDDED = 500
"""Passages that the real model embeds."""
_CHAT_PASSAGES = 200
_COLD_ROUNDS = 5
_QUESTION = "Who signed the Czech radar treaty?"
_MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Figure:
    """Something measured."""

    name: str
    value: float
    unit: str = ""
    reference: str | None = None
    """What it is compared with, measured in the same run; None: nothing."""
    limit: float | None = None
    """The value of the reference, in the same unit; None: no reference."""

    @property
    def ratio(self) -> float | None:
        """The value divided by the reference's; None: no reference."""
        return self.value / self.limit if self.limit else None


def bench_all(
    passages: int, reader: str, embed: bool, chat: bool, on_progress: Callable[[str], None]
) -> list[Figure]:
    """Measure everything over an index of about this many passages.

    Embedding and the chat are optional; their cost does not depend on the size.
    """
    figures: list[Figure] = []
    if embed:
        result = bench_index(DEFAULT_MODEL, EMBEDDED, PYTHON, on_progress)
        unit = "passages/s"
        figures += [
            Figure("indexing", result.indexing, unit, "bare model, same batches", result.bare),
            Figure("indexing", result.indexing, unit, "baseline", result.baseline),
        ]
    with tempfile.TemporaryDirectory() as scratch:
        figures += size_figures(Path(scratch), passages, reader, on_progress)
    if chat:
        frame = bench_chat(_CHAT_PASSAGES, on_progress)
        figures.append(Figure("chat's first frame", frame.frame, "s", "Textual alone", frame.bare))
    return figures


def size_figures(
    folder: Path, passages: int, reader: str, on_progress: Callable[[str], None]
) -> list[Figure]:
    """Measure what depends on the size of the index, in a folder that keeps it."""
    size = bench_size(folder, passages, DEFAULT_MODEL, model_cache(), reader, PYTHON, on_progress)
    on_progress("cold questions")
    times = [cold_start(_QUESTION, folder / "index", reader) for _ in range(_COLD_ROUNDS)]
    cold = [milliseconds / 1000 for milliseconds in times if milliseconds is not None]
    for segment in size.segments:
        on_progress(segment)
    return [
        Figure("passages", size.passages),
        Figure("articles", size.articles),
        *_build_figures(size),
        Figure("cold ask, whole process", median(cold), "s", "models alone", size.started),
        *_ask_figures(size),
        Figure(
            "size on disk", size.index_bytes / _MEGABYTE, "MB", "the articles",
            size.text_bytes / _MEGABYTE,
        ),
    ]  # fmt: skip


def _build_figures(size: SizeBench) -> list[Figure]:
    built, vectors = size.built, _float32_vectors(size)
    return [
        Figure("first build, without the model", built.seconds, "s"),
        Figure("peak memory", built.peak / _MEGABYTE, "MB", "float32 vectors", vectors),
        Figure("no-op update, whole process", size.no_op, "s", "listing the files", size.listed),
        Figure(
            "update of 10 articles, without embedding", size.changed, "s", "no-op update",
            size.no_op,
        ),
    ]  # fmt: skip


def _ask_figures(size: SizeBench) -> list[Figure]:
    asked = size.asked
    encoder, network = asked.encoder.p50, asked.network.p50 if asked.network else 0.0
    both = ("encoder and network", encoder + network)
    alone = {"encode": ("encoder alone", encoder), "read": ("network alone", network)}
    return [
        *_percentiles("warm ask", asked.total, *both),
        *(
            figure
            for name, times in asked.stages.items()
            for figure in _percentiles(f"  {name}", times, *alone.get(name, both))
        ),
        *_percentiles("retrieval", asked.retrieval, "encoder alone", encoder),
        Figure("recall@10", asked.recall, "", "exact search", 1.0),
        Figure("exact search", asked.exact, "ms"),
        Figure(
            "RSS while answering", asked.resident / _MEGABYTE, "MB", "float32 vectors",
            _float32_vectors(size),
        ),
    ]  # fmt: skip


def _float32_vectors(size: SizeBench) -> float:
    """Return the megabytes of all vectors as the model computes them."""
    return 4 * 384 * size.passages / _MEGABYTE


def _percentiles(name: str, times: Times, reference: str, limit: float) -> list[Figure]:
    return [
        Figure(f"{name}, p50", times.p50, "ms", reference, limit),
        Figure(f"{name}, p95", times.p95, "ms", reference, limit),
    ]


def figures_line(figures: Sequence[Figure]) -> str:
    """Return figures as one line of JSON."""
    return json_line(
        {
            "figures": [
                {
                    "name": figure.name.strip(),
                    "value": figure.value,
                    "unit": figure.unit,
                    "beside": figure.reference,
                    "limit": figure.limit or None,
                    "ratio": figure.ratio,
                }
                for figure in figures
            ]
        }
    )
