"""One part of a measurement, in a process of its own: `python -m eval.bench.child JOB`.

Its memory is its own, and its start counts where the whole process is timed.
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
    """Bring an index of made articles up to date."""

    index: str
    articles: str
    vectors: str
    """File with the vectors of real passages."""
    topics: int
    model: str
    """Whose index it is to be; its passages' vectors are worked out by the made language."""


class AskJob(msgspec.Struct, frozen=True, tag=True):
    """Ask an index questions."""

    index: str
    cache: str
    reader: str
    questions: tuple[str, ...]
    """Asked, read and answered."""
    searched: tuple[str, ...]
    """Searched for only, each beside an exact search."""


class StartJob(msgspec.Struct, frozen=True, tag=True):
    """Load the models that a question needs, and use each once."""

    cache: str
    reader: str
    model: str


class UsualJob(msgspec.Struct, frozen=True, tag=True):
    """Embed texts as sentence-transformers does by default: float32, `encode(batch_size=32)`.

    The outcome is texts a second, in the faster of two rounds.
    """

    model: str
    texts: str
    """JSON file with a list of them."""


Job = BuildJob | AskJob | StartJob | UsualJob
Outcome = TypeVar("Outcome")

_SEED = 7
_WARM = 8
_ROUNDS = 2
_USUAL_BATCH = 32


class Built(msgspec.Struct, frozen=True):
    """What a build took."""

    seconds: float
    stages: dict[str, float]
    """Seconds in each stage."""
    articles: int
    passages: int
    published: bool
    peak: int
    """Bytes resident, at most."""


def run_job(python: Sequence[str], job: Job, kind: type[Outcome]) -> Outcome:
    """Do a job in a process of its own. Raises RuntimeError where that fails."""
    command = [*python, "-m", "eval.bench.child", msgspec.json.encode(job).decode()]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if ended.returncode:
        raise RuntimeError(ended.stderr)
    return msgspec.json.decode(ended.stdout.splitlines()[-1], type=kind)


def main() -> None:
    """Do the job and tell the outcome as a line of JSON."""
    job = msgspec.json.decode(sys.argv[1], type=Job)
    match job:
        case BuildJob():
            outcome: object = _build(job)
        case AskJob():
            from eval.bench.asking import ask

            outcome = ask(job.index, job.cache, job.reader, job.questions, job.searched)
        case StartJob():
            outcome = _start(job)
        case UsualJob():
            outcome = _usual(job)
    sys.stdout.write(msgspec.json.encode(outcome).decode() + "\n")


def _build(job: BuildJob) -> Built:
    import numpy as np

    from eval.bench.synthetic import MadeEncoder, MadeLanguage
    from index.build.pipeline import BuildRequest, build
    from index.models.registry import find_model

    request = BuildRequest(find_model(job.model), resolve_roots((job.articles,)))
    encoder = MadeEncoder(MadeLanguage(np.load(job.vectors), job.topics))
    began = since = time.perf_counter()
    stages = dict.fromkeys((stage.name.lower() for stage in Stage), 0.0)
    for event in build(Store(Path(job.index)), request, encoder):
        now = time.perf_counter()
        if isinstance(event, Progress):
            # What comes before the first batch is no embedding yet.
            begins = event.stage is Stage.EMBED and not event.done
            stages[(Stage.READ if begins else event.stage).name.lower()] += now - since
        since = now
    assert isinstance(event, Summary)
    return Built(
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

    model = find_model(job.model)
    encoder = open_question_encoder(model.name, model.fingerprint, Path(job.cache), _silent)
    encoder.encode(["Who signed?"])
    reader = open_reader(job.reader, Path(job.cache), _silent)
    text = "The minister signed on Tuesday."
    reader.read("Who signed?", [Passage(text, 0, len(text), 1, 1, (Span(0, len(text)),))])
    return "started"


def _usual(job: UsualJob) -> float:
    from index.models.passage_encoder import load_model
    from index.models.registry import find_model

    texts = msgspec.json.decode(Path(job.texts).read_bytes(), type=list[str])
    random.Random(_SEED).shuffle(texts)  # noqa: S311
    loaded = load_model(find_model(job.model))
    loaded.encode(texts[:_WARM], batch_size=_WARM, show_progress_bar=False)
    spent = []
    for _ in range(_ROUNDS):
        began = time.perf_counter()
        loaded.encode(texts, batch_size=_USUAL_BATCH, show_progress_bar=False)
        spent.append(time.perf_counter() - began)
    return len(texts) / min(spent)


def _silent(_message: str) -> None:
    pass


if __name__ == "__main__":
    main()
