"""Shards that Ray actors have open: a question goes to all at once."""

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from index.build.partition import Part
from index.cluster.connection import results
from index.errors import IndexDamaged, ShardLost
from index.shards.generation import Arguments, ShardedGeneration
from index.shards.manifest import ShardRecord, ShardsManifest, read_shards
from index.shards.shard import Shard
from index.shards.store import ShardedStore
from index.storage.hash_cache import OnProgress
from index.storage.store import OpenIndex

TIMEOUT = 30.0
"""Seconds that a shard may take to answer, including its actor's restart."""
_OPENING = 300.0
"""Seconds that a shard may take to be opened; large files are hashed the first time."""
_LEAST = 0.1
"""Seconds that an answer which may be there already is waited for."""
_AGAIN = 30.0
"""Seconds after which a lost shard is asked again."""
_SHARE = 0.1
"""Of a processor, that an actor reserves: it waits for questions."""


class ShardActor:
    """A shard that is open in a process of its own, on any node."""

    def __init__(self, folder: Path, record: ShardRecord, shards: ShardsManifest) -> None:
        """Open a shard of the index in a folder; `ask` raises what is wrong with it."""
        self.shard: Shard | None = None
        self.wrong = ""
        store = ShardedStore(folder).shard(Part(record.number, shards.count))
        try:
            self.index = store.open_recorded(record)
            self.shard = Shard(record.number, self.index.generation, shards)
        except FileNotFoundError:
            self.wrong = "its generation was replaced"
        except IndexDamaged as error:
            self.wrong = error.message.partition("; run ")[0]

    def ask(self, number: int, method: str, arguments: Arguments) -> Any:  # noqa: ANN401
        """Call a method of the shard. Raises IndexDamaged."""
        if self.shard is None:
            raise IndexDamaged(f"shard {number} cannot be opened: {self.wrong}")
        return getattr(self.shard, method)(*arguments)

    def process(self) -> int:
        """Return the process id."""
        return os.getpid()


class RemoteShards:
    """The actors of all shards, each of which may have replicas that take turns."""

    def __init__(
        self,
        actors: Mapping[int, Sequence[Any]],
        on_missing: Callable[[str], None] | None,
        timeout: float = TIMEOUT,
    ) -> None:
        """Wait until the shards are open. Raises ShardLost.

        `on_missing` receives a message for each lost shard; None if every shard must answer.
        """
        self.actors = actors
        self._on_missing = on_missing
        self._timeout = _OPENING
        self._lost: dict[int, float] = {}
        """When each was lost."""
        self._turn = count()
        self.ask("counts", dict.fromkeys(actors, ()))
        self._timeout = timeout

    @property
    def numbers(self) -> tuple[int, ...]:
        """Those of the shards that are not lost."""
        now = time.monotonic()
        return tuple(
            number for number in self.actors if now - self._lost.get(number, -_AGAIN) >= _AGAIN
        )

    def ask(self, method: str, arguments: Mapping[int, Arguments]) -> dict[int, Any]:
        """Call a method of some shards at once, each with its arguments."""
        from ray.exceptions import GetTimeoutError, RayActorError

        turn, deadline = next(self._turn), time.monotonic() + self._timeout
        asked = {
            number: self._send(number, turn, method, of_shard)
            for number, of_shard in arguments.items()
        }
        try:
            found = results(list(asked.values()), self._timeout)
            return dict(zip(asked, found, strict=True))
        except (GetTimeoutError, RayActorError, IndexDamaged):
            return {
                number: answer
                for number, reference in asked.items()
                for answer in self._retried(
                    number, turn, method, arguments[number], reference, deadline
                )
            }

    def _send(self, number: int, turn: int, method: str, arguments: Arguments) -> Any:  # noqa: ANN401
        replicas = self.actors[number]
        return replicas[turn % len(replicas)].ask.remote(number, method, arguments)

    def _retried(
        self, number: int, turn: int, method: str, arguments: Arguments,
        reference: Any,  # noqa: ANN401
        deadline: float,
    ) -> Iterator[Any]:  # fmt: skip
        """Yield a shard's answer, of another replica if need be; nothing if it is lost."""
        from ray.exceptions import GetTimeoutError, RayActorError

        reason = f"shard {number} does not answer"
        for attempt in range(len(self.actors[number])):
            if attempt:
                reference = self._send(number, turn + attempt, method, arguments)
                deadline = time.monotonic() + self._timeout
            try:
                left = max(_LEAST, deadline - time.monotonic())
                yield results([reference], left)[0]
                return
            except (GetTimeoutError, RayActorError):
                continue
            except IndexDamaged as error:
                reason = error.message
        self._lose(number, reason)

    def _lose(self, number: int, reason: str) -> None:
        """Report a lost shard. Raises ShardLost if it must answer."""
        if self._on_missing is None:
            raise ShardLost(f"{reason}; ask again, or with --partial to do without it")
        if number in self.numbers:
            self._on_missing(f"{reason}; the answer is from the others")
        self._lost[number] = time.monotonic()

    def close(self) -> None:
        """End the actors."""
        end(self.actors)


def end(actors: Mapping[int, Sequence[Any]]) -> None:
    """End the actors of all shards."""
    import ray

    for replicas in actors.values():
        for actor in replicas:
            ray.kill(actor)


@dataclass(frozen=True, slots=True)
class ClusterStore(ShardedStore):
    """An index in shards that actors of the connected cluster open."""

    replicas: int = 1
    """Actors of each shard."""
    timeout: float = TIMEOUT

    def open(
        self, thorough: bool = False, on_progress: OnProgress = lambda _done, _total: None
    ) -> OpenIndex:
        """Have actors open all shards. Raises NoIndex, IndexDamaged or ShardLost."""
        if thorough:
            return ShardedStore(self.folder, self.on_missing).open(thorough, on_progress)
        name, shards = self.current(), read_shards(self.folder)
        actors = {record.number: self._started(record, shards) for record in shards.shards}
        try:
            remote = RemoteShards(actors, self.on_missing, self.timeout)
            generation = ShardedGeneration(self.folder, shards, remote)
        except BaseException:
            end(actors)
            raise
        return OpenIndex(name, generation, os.open(self.folder, os.O_RDONLY | os.O_CLOEXEC))

    def _started(self, record: ShardRecord, shards: ShardsManifest) -> list[Any]:
        import ray

        remote = ray.remote(num_cpus=_SHARE, max_restarts=-1, max_task_retries=-1)(ShardActor)
        spread = remote.options(scheduling_strategy="SPREAD")
        return [spread.remote(self.folder, record, shards) for _ in range(self.replicas)]
