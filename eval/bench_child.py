"""One part of a measurement, in a process of its own: `python -m eval.bench_child JOB`.

Its memory is its own, and its start counts where the whole process is timed.
"""

import sys
import time
from pathlib import Path

import msgspec

from eval.resident import resident
from index.plan import resolve_roots
from index.progress import Progress, Stage, Summary
from index.store import Store


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


Job = BuildJob | AskJob | StartJob


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


def main() -> None:
    """Do the job and tell the outcome as a line of JSON."""
    job = msgspec.json.decode(sys.argv[1], type=Job)
    match job:
        case BuildJob():
            outcome: object = _build(job)
        case AskJob():
            from eval.bench_asking import ask

            outcome = ask(job.index, job.cache, job.reader, job.questions, job.searched)
        case StartJob():
            outcome = _start(job)
    sys.stdout.write(msgspec.json.encode(outcome).decode() + "\n")


def _build(job: BuildJob) -> Built:
    import numpy as np

    from eval.made_articles import MadeEncoder, MadeLanguage
    from index.build import BuildRequest, build
    from index.models import find_model

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
    from index.export import open_question_encoder
    from index.models import find_model
    from index.passages import Passage
    from index.spans import Span
    from qa.reader.export import open_reader

    model = find_model(job.model)
    encoder = open_question_encoder(model.name, model.fingerprint, Path(job.cache), _silent)
    encoder.encode(["Who signed?"])
    reader = open_reader(job.reader, Path(job.cache), _silent)
    text = "The minister signed on Tuesday."
    reader.read("Who signed?", [Passage(text, 0, len(text), 1, 1, (Span(0, len(text)),))])
    return "started"


def _silent(_message: str) -> None:
    pass


if __name__ == "__main__":
    main()
