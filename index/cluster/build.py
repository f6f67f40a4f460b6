"""Building on a Ray cluster: nodes list, read and embed in small pieces, then write the shards.

Ray runs again what a dead worker, actor or node was doing. No step may do harm twice: vectors are
kept under the hash of their text, and a shard is published by its own ordinary build.
"""

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, TypeVar

from index.articles.files import Found, Root, Skipped
from index.build.events import Progress, Stage, Summary
from index.build.pipeline import BuildRequest
from index.cluster.connection import results
from index.cluster.remote import copy, is_remote, mirror_of, note_copied, to_copy
from index.cluster.steps import Embedding, ShardJob, Text, built, texts_of, to_read
from index.errors import ClusterFailed
from index.models.passage_encoder import PassageEncoder, Precision, Vectors
from index.shards.build import BuiltShard, parts_for, publish, roots_for, summed
from index.shards.store import ShardedStore

_FILES = 100
"""Articles that a task reads; a second's work or two."""
_TEXTS = 128
"""Passages that an actor embeds at a time, so that a slow node holds up few."""
_SHARE = 0.5
"""Of a processor, that an actor reserves: those of a lost node then find room on the others."""

Job = TypeVar("Job")


@dataclass(frozen=True)
class PooledEncoder:
    """An encoder that leaves the work to the actors that embed."""

    encoder: PassageEncoder
    actors: Sequence[Any]

    @property
    def max_tokens(self) -> int:
        """Limit on the tokens that the model can see."""
        return self.encoder.max_tokens

    def count(self, texts: Sequence[str]) -> list[int]:
        """Return the tokens of each text."""
        return self.encoder.count(texts)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Encode a batch of texts."""
        actor = random.choice(self.actors)  # noqa: S311
        found: Vectors = results([actor.encode.remote(texts)])[0]
        return found

    @property
    def precision(self) -> Precision:
        """The arithmetic that the vectors are computed in."""
        found: Precision = results([self.actors[0].precision.remote()])[0]
        return found


def build_on_cluster(
    store: ShardedStore,
    request: BuildRequest,
    encoder: PassageEncoder,
    count: int | None,
    actors: int | None = None,
) -> Iterator[Progress | Summary]:
    """Bring an index in shards up to date on the connected cluster.

    `count` is the number of shards, None the one that it has; `actors` embed, None means one for
    each processor. Folders must be the same on all nodes. Raises as `build` does, ClusterFailed.
    """
    from ray.exceptions import RayError

    with store.building():
        parts, roots = parts_for(store, count), roots_for(store, request)
        request = replace(request, roots=roots, forget=())
        uncopied = _copied(store, roots)
        jobs = [ShardJob(store.folder, part, request, encoder) for part in parts]
        pool = _actors(encoder, actors)
        try:
            embedded = 0
            for progress in _embed(jobs, pool):
                embedded = progress.done if progress.stage is Stage.EMBED else embedded
                yield progress
            shards: list[BuiltShard] = []
            yield Progress(Stage.WRITE, 0, len(jobs))
            for shard in _each(built, ((job, PooledEncoder(encoder, pool)) for job in jobs)):
                shards.append(shard)
                yield Progress(Stage.WRITE, len(shards), len(jobs))
        except RayError as error:
            raise ClusterFailed(f"{type(error).__name__} on the cluster; run it again") from error
        finally:
            _end(pool)
        publish(store, parts, roots, shards)
        store.collect_garbage()
    total = summed([shard.summary for shard in shards])
    reused = max(0, total.reused - embedded)
    yield replace(
        total,
        embedded=total.embedded + embedded,
        reused=reused,
        skipped=(*total.skipped, *uncopied),
    )


def _copied(store: ShardedStore, roots: Sequence[Root]) -> list[Skipped]:
    """Bring the copies of remote folders up to date; returns what could not be copied."""
    skipped: list[Skipped] = []
    for root in roots:
        if is_remote(root.given):
            mirror = mirror_of(root.given, store.folder)
            versions = to_copy(mirror)
            names = list(versions)
            pieces = (names[start : start + _FILES] for start in range(0, len(names), _FILES))
            failed = [
                one for of in _each(copy, ((mirror, piece) for piece in pieces)) for one in of
            ]
            lost = {one.path for one in failed}
            note_copied(
                mirror,
                {
                    name: version
                    for name, version in versions.items()
                    if str(mirror.folder / name) not in lost
                },
            )
            skipped += failed
    return skipped


def processors() -> int:
    """Return how many processors the connected cluster has."""
    import ray

    return max(1, int(ray.cluster_resources().get("CPU", 1)))


def _actors(encoder: PassageEncoder, count: int | None) -> list[Any]:
    import ray

    remote = ray.remote(num_cpus=_SHARE, max_restarts=-1, max_task_retries=-1)(Embedding)
    spread = remote.options(scheduling_strategy="SPREAD")
    return [spread.remote(encoder) for _ in range(count or processors())]


def _end(actors: Sequence[Any]) -> None:
    import ray

    for actor in actors:
        ray.kill(actor)


def _each(function: Any, calls: Iterable[tuple[Any, ...]]) -> Iterator[Any]:  # noqa: ANN401
    """Call a function on the nodes, for as many at a time as there are processors.

    Yields the results as they arrive.
    """
    import ray

    # A task waits for processors that embed, and reserves none itself.
    remote = ray.remote(num_cpus=0, max_retries=-1, scheduling_strategy="SPREAD")(function)
    waiting, most = iter(calls), processors()
    running = [remote.remote(*call) for call in islice(waiting, most)]
    while running:
        ready, running = ray.wait(running)
        running += [remote.remote(*call) for call in islice(waiting, len(ready))]
        yield from results(ready)


def _embed(jobs: Sequence[ShardJob], actors: Sequence[Any]) -> Iterator[Progress]:
    """Read and embed what is new; yields progress in passages, of which the total is estimated."""
    from ray.util import ActorPool

    work: list[tuple[ShardJob, list[Found]]] = []
    yield Progress(Stage.READ, 0, len(jobs))
    for done, (job, files) in enumerate(_each(_listed, ((job,) for job in jobs)), 1):
        starts = range(0, len(files), _FILES)
        work += [(job, files[start : start + _FILES]) for start in starts]
        yield Progress(Stage.READ, done, len(jobs))
    random.Random(0).shuffle(work)  # noqa: S311  shards grow alike, so their writers end together
    pool, read, known, embedded = ActorPool(list(actors)), 0, 0, 0
    for job, texts in _each(_texts, work):
        read, known = read + 1, known + len(texts)
        for start in range(0, len(texts), _TEXTS):
            if not pool.has_free():
                embedded += _next(pool)
                yield Progress(Stage.EMBED, embedded, max(embedded, known * len(work) // read))
            piece = job, texts[start : start + _TEXTS]
            pool.submit(lambda actor, value: actor.embed.remote(*value), piece)
    while pool.has_next():
        embedded += _next(pool)
        yield Progress(Stage.EMBED, embedded, known)


def _next(pool: Any) -> int:  # noqa: ANN401
    from ray.exceptions import RayTaskError

    try:
        return int(pool.get_next_unordered())
    except RayTaskError as error:
        raise (error.cause if isinstance(error.cause, Exception) else error) from None


def _listed(job: ShardJob) -> tuple[ShardJob, list[Found]]:
    return job, to_read(job)


def _texts(job: ShardJob, files: list[Found]) -> tuple[ShardJob, list[Text]]:
    return job, texts_of(job, files)
