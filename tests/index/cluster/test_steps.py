"""The steps of a build on a cluster, taken by one process: each may be taken twice or half."""

from pathlib import Path

import pytest

from index.build.partition import Part
from index.cluster.steps import Embedding, ShardJob, built, texts_of, to_read
from index.shards.build import publish
from tests.fakes import EncoderKilled, FakeEncoder
from tests.index.shards.both import Both, audit, write_both


@pytest.fixture
def library(tmp_path: Path) -> Both:
    return write_both(tmp_path, 8)


def _jobs(library: Both) -> list[ShardJob]:
    folder, request = library.sharded.folder, library.request
    return [ShardJob(folder, Part(number, 2), request, FakeEncoder()) for number in (0, 1)]


def _finish(library: Both, jobs: list[ShardJob]) -> int:
    """Write and publish the shards; returns how many passages were still to be embedded."""
    encoder = FakeEncoder()
    shards = [built(job, encoder) for job in jobs]
    publish(library.sharded, [job.part for job in jobs], library.request.roots, shards)
    return len(encoder.texts)


def test_a_shard_is_written_with_the_vectors_that_others_finished(library: Both) -> None:
    jobs = _jobs(library)
    for job in jobs:
        files = to_read(job)
        for name in "ab":  # as if a task had run twice
            Embedding(FakeEncoder(), name).embed(job, texts_of(job, files))
    assert _finish(library, jobs) == 0
    assert audit(library, library.sharded) == []
    assert [texts_of(job, to_read(job)) for job in jobs] == [[], []]


def test_what_a_dead_process_had_finished_is_not_embedded_again(library: Both) -> None:
    job, other = _jobs(library)
    texts = texts_of(job, to_read(job))
    dying = Embedding(FakeEncoder(batches_left=0), "dead")
    with pytest.raises(EncoderKilled):
        dying.embed(job, texts)
    Embedding(FakeEncoder(), "half").embed(job, texts[:3])
    part = job.log.part("half").path
    part.write_bytes(part.read_bytes()[:-1])  # of which the last record is cut
    assert len(texts_of(job, to_read(job))) == len(texts) - 2
    assert _finish(library, [job, other]) > 0
    assert audit(library, library.sharded) == []


def test_articles_that_are_gone_or_no_text_are_left_to_the_build_of_the_shard(
    library: Both,
) -> None:
    jobs = _jobs(library)
    files = [to_read(job) for job in jobs]
    (library.news / "0" / "report 0.md").unlink()
    library.write("1/report 1.md", b"\x00\x01")
    for job, found in zip(jobs, files, strict=True):
        texts_of(job, found)
    _finish(library, jobs)
    library.index()
    assert audit(library, library.sharded) == []
