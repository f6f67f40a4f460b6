"""One part of a benchmark in its own process: `python -m eval.bench.child JOB`.

So its memory can be measured, and its start where the entire process is timed.
"""

import random
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

import msgspec

from eval.bench.memory import resident
from index.articles.files import resolve_roots
from index.build.events import Progress, Stage, Summary
from index.storage.store import Store


class BuildJob(msgspec.Struct, frozen=True, tag=True):
    """Build or update an index of synthetic articles."""

    index: str
    articles: str
    vectors: str
    """File with the vectors of real passages."""
    topics: int
    model: str
    """Name in the index; passages are embedded by the synthetic language."""


class AskJob(msgspec.Struct, frozen=True, tag=True):
    """Ask an index questions."""

    index: str
    cache: str
    reader: str
    questions: tuple[str, ...]
    """Answered."""
    searched: tuple[str, ...]
    """Only searched for; each is also searched for exactly."""


class StartJob(msgspec.Struct, frozen=True, tag=True):
    """Load the models that a question needs, and use each once."""

    cache: str
    reader: str
    model: str


class BaselineJob(msgspec.Struct, frozen=True, tag=True):
    """Embed texts as sentence-transformers does by default: float32, `encode(batch_size=32)`.

    The outcome is texts per second, in the faster of two rounds.
    """

    model: str
    texts: str
    """JSON file with a list of them."""


Job = BuildJob | AskJob | StartJob | BaselineJob
Outcome = TypeVar("Outcome")

_SEED = 7
_WARM_UP = 8
_ROUNDS = 2
_BASELINE_BATCH = 32


class BuildBench(msgspec.Struct, frozen=True):
    """What a build took."""

    seconds: float
    stages: dict[str, float]
    """Seconds in each stage."""
    articles: int
    passages: int
    published: bool
    peak: int
    """Bytes resident, at their peak."""


def run_job(python: Sequence[str], job: Job, kind: type[Outcome]) -> Outcome:
    """Do a job in a new process. Raises RuntimeError if that fails."""
    command = [*python, "-m", "eval.bench.child", msgspec.json.encode(job).decode()]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if ended.returncode:
        raise RuntimeError(ended.stderr)
    return msgspec.json.decode(ended.stdout.splitlines()[-1], type=kind)


def main() -> None:
    """Do the job and print its outcome as a line of JSON."""
    job = msgspec.json.decode(sys.argv[1], type=Job)
    match job:
        case BuildJob():
            outcome: object = _build(job)
        case AskJob():
            from eval.bench.asking import ask

            outcome = ask(job.index, job.cache, job.reader, job.questions, job.searched)
        case StartJob():
            outcome = _start(job)
        case BaselineJob():
            outcome = _baseline(job)
    sys.stdout.write(msgspec.json.encode(outcome).decode() + "\n")


def _build(job: BuildJob) -> BuildBench:
    import numpy as np

    from eval.bench.synthetic import SyntheticEncoder, SyntheticLanguage
    from index.build.pipeline import BuildRequest, build
    from index.models.registry import find_model

    request = BuildRequest(find_model(job.model), resolve_roots((job.articles,)))
    encoder = SyntheticEncoder(SyntheticLanguage(np.load(job.vectors), job.topics))
    began = since = time.perf_counter()
    stages = dict.fromkeys((stage.name.lower() for stage in Stage), 0.0)
    for event in build(Store(Path(job.index)), request, encoder):
        now = time.perf_counter()
        if isinstance(event, Progress):
            # The time before the first batch still belongs to reading.
            starts = event.stage is Stage.EMBED and not event.done
            stages[(Stage.READ if starts else event.stage).name.lower()] += now - since
        since = now
    assert isinstance(event, Summary)
    return BuildBench(
        seconds=time.perf_counter() - began,
        stages=stages,
        articles=event.articles,
        passages=event.passages,
        published=event.published,
        peak=resident("VmHWM"),
    )


def _start(job: StartJob) -> str:
    from index.articles.passages import Passage
    from index.articles.spans import Span
    from index.models.onnx_export import open_question_encoder
    from index.models.registry import find_model
    from qa.reader.export import open_reader

    model, cache = find_model(job.model), Path(job.cache)
    encoder = open_question_encoder(model.name, model.fingerprint, cache, lambda _: None)
    encoder.encode(["Who signed?"])
    reader = open_reader(job.reader, cache, lambda _: None)
    text = "The minister signed on Tuesday."
    reader.read("Who signed?", [Passage(text, 0, len(text), 1, 1, (Span(0, len(text)),))])
    return "started"


def _baseline(job: BaselineJob) -> float:
    from index.models.passage_encoder import load_model
    from index.models.registry import find_model

    texts = msgspec.json.decode(Path(job.texts).read_bytes(), type=list[str])
    random.Random(_SEED).shuffle(texts)  # noqa: S311
    model = load_model(find_model(job.model))
    model.encode(texts[:_WARM_UP], batch_size=_WARM_UP, show_progress_bar=False)
    seconds = []
    for _ in range(_ROUNDS):
        began = time.perf_counter()
        model.encode(texts, batch_size=_BASELINE_BATCH, show_progress_bar=False)
        seconds.append(time.perf_counter() - began)
    return len(texts) / min(seconds)


if __name__ == "__main__":
    main()
