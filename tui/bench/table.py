"""All of Byline's speed and size in one table, each figure next to a reference of the same run."""

import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

import msgspec
import numpy as np

from eval.bench.asking import ask
from eval.bench.child import run_job
from eval.bench.figures import MEGABYTE, Figure, memory_figure
from eval.bench.indexing import bench_index
from eval.bench.reader import use_models
from eval.bench.synthetic import SyntheticLanguage, build_synthetic, write_synthetic_articles
from eval.sets.question_set import bundled_questions
from index.articles.bundled import sample_texts
from index.models.onnx_export import open_question_encoder
from index.models.passage_encoder import Vectors
from index.models.registry import DEFAULT_MODEL, find_model
from index.storage.store import Store
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
_MIN_LENGTH = 150
"""Code points of a real passage that topics lie at."""
_PER_TOPIC = 60
"""Passages."""
_CHANGED = 10
"""Articles that an update finds changed."""
_ROUNDS = 3
_SYNTHETIC_QUESTIONS = 100
_QUESTION_WORDS = 9


def bench_all(
    passages: int, reader: str, embed: bool, chat: bool, on_progress: Callable[[str], None]
) -> list[Figure]:
    """Measure everything over an index of about this many passages.

    Embedding and the chat are optional; their cost does not depend on the size.
    """
    figures = (
        bench_index(DEFAULT_MODEL, EMBEDDED, model_cache(), PYTHON, on_progress) if embed else []
    )
    with tempfile.TemporaryDirectory() as scratch:
        figures += size_figures(Path(scratch), passages, reader, on_progress)
    return figures + (bench_chat(_CHAT_PASSAGES, on_progress)[:1] if chat else [])


def size_figures(
    folder: Path, passages: int, reader: str, on_progress: Callable[[str], None]
) -> list[Figure]:
    """Measure what depends on the size of the index: synthetic articles, real build and questions.

    The folder keeps the articles and the index. Times are medians.
    """
    folder.mkdir(parents=True, exist_ok=True)
    topics = max(50, passages // _PER_TOPIC)
    vectors, articles, index = (folder / name for name in ("real.npy", "articles", "index"))
    language = SyntheticLanguage(_real_vectors(vectors), topics)
    if not articles.exists():
        on_progress(f"writing articles of about {passages:,} passages")
        write_synthetic_articles(articles, language, passages)
    job = (str(index), str(articles), str(vectors), topics, DEFAULT_MODEL)
    on_progress("building")
    built = run_job(PYTHON, build_synthetic, *job)
    on_progress("updates: nothing changed, ten articles changed")
    listed, no_op, changed = [], [], []
    files = sorted(articles.rglob("*.txt"))
    for number in range(_ROUNDS):
        listed.append(_seconds(lambda: [path.lstat() for path in articles.rglob("*.txt")]))
        no_op.append(_seconds(lambda: run_job(PYTHON, build_synthetic, *job)))
        for path in _sample(files, _CHANGED):
            with path.open("a", encoding="utf-8") as file:
                file.write(f"\nAdded in round {number}, at {time.time_ns()}, of this.\n")
        updated = run_job(PYTHON, build_synthetic, *job)
        changed.append(updated.without_embedding)
    on_progress("questions")
    cache = str(model_cache())
    models = [
        _seconds(lambda: run_job(PYTHON, use_models, cache, reader, DEFAULT_MODEL))
        for _ in range(_ROUNDS)
    ]
    questions = [one.question for one in bundled_questions() if not one.history]
    searched = questions + [
        _synthetic_question(path) for path in _sample(files, _SYNTHETIC_QUESTIONS)
    ]
    asked = run_job(PYTHON, ask, str(index), cache, reader, questions, searched)
    on_progress("cold questions")
    times = [cold_start(_QUESTION, index, reader) for _ in range(_COLD_ROUNDS)]
    cold = median(milliseconds for milliseconds in times if milliseconds is not None) / 1000
    manifest = Store(index).manifest()
    assert manifest is not None
    for segment in manifest.segments:
        on_progress(segment.description)
    return [
        Figure("passages", updated.passages),
        Figure("articles", updated.articles),
        Figure("first build, without the model", built.seconds, "s"),
        memory_figure("peak memory", built.peak, updated.passages),
        Figure(
            "no-op update, whole process", median(no_op), "s", "listing the files", median(listed)
        ),
        Figure(
            "update of 10 articles, without embedding", median(changed), "s", "no-op update",
            median(no_op),
        ),
        Figure("cold ask, whole process", cold, "s", "models alone", median(models)),
        *asked,
        Figure(
            "size on disk", _megabytes_under(index), "MB", "the articles",
            _megabytes_under(articles),
        ),
    ]  # fmt: skip


def _real_vectors(path: Path) -> Vectors:
    if not path.exists():
        model = find_model(DEFAULT_MODEL)
        encoder = open_question_encoder(
            model.name, model.fingerprint, model_cache(), lambda _: None
        )
        np.save(path, encoder.encode([t for t in sample_texts(10_000) if len(t) >= _MIN_LENGTH]))
    vectors: Vectors = np.load(path)
    return vectors


def _sample(files: Sequence[Path], count: int) -> Sequence[Path]:
    """Return files at equal distances."""
    return files[:: max(1, len(files) // count)][:count]


def _synthetic_question(path: Path) -> str:
    """Return some words of a sentence of an article."""
    words = path.read_text(encoding="utf-8").split(".")[20].split()
    return " ".join(words[:_QUESTION_WORDS]) + "?"


def _seconds(action: Callable[[], object]) -> float:
    began = time.perf_counter()
    action()
    return time.perf_counter() - began


def _megabytes_under(folder: Path) -> float:
    files = (path for path in folder.rglob("*") if path.is_file())
    return sum(path.lstat().st_size for path in files) / MEGABYTE


def figures_line(figures: Sequence[Figure]) -> str:
    """Return figures as one line of JSON."""
    listed = [msgspec.to_builtins(figure) for figure in figures]
    for figure, fields in zip(figures, listed, strict=True):
        fields |= {"name": figure.name.strip(), "ratio": figure.ratio}
    return json_line({"figures": listed})
