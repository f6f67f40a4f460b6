"""A small Ray cluster on this machine, which all of these tests share."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.index.shards.both import Both, write_both

pytest.importorskip("ray", reason="make cluster-test installs it")
os.environ |= {"RAY_USAGE_STATS_ENABLED": "0", "RAY_worker_niceness": "0"}

MEMORY = 80_000_000
"""Bytes of each node's object store."""


class Nodes:
    """A head and workers, each with a processor or two of its own, as Ray sees it."""

    def __init__(self, workers: int) -> None:
        from ray.cluster_utils import Cluster

        node = {"num_cpus": 1, "object_store_memory": MEMORY, "include_dashboard": False}
        self._node, self._count = node, workers
        self.cluster = Cluster(initialize_head=True, head_node_args=node)
        self.workers = [self.cluster.add_node(**node) for _ in range(workers)]

    def lose_node(self) -> None:
        """Kill a node with all that runs there."""
        self.cluster.remove_node(self.workers.pop(0), allow_graceful=False)

    def replace_lost(self) -> None:
        """Start a node for each that was lost; Ray does that in the main thread only."""
        for _ in range(len(self.workers), self._count):
            self.workers.append(self.cluster.add_node(wait=False, **self._node))

    def processes(self, *names: str) -> list[int]:
        """Return the ids of the processes of tasks or actors with these names."""
        wanted = tuple(f"ray::{name}" for name in names)
        session = os.path.realpath(self.cluster.head_node.get_session_dir_path())
        return [
            pid for pid, title in _titles() if title.startswith(wanted) and _is_in(pid, session)
        ]

    def close(self) -> None:
        self.cluster.shutdown()


def _titles() -> Iterator[tuple[int, str]]:
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            yield int(path.parent.name), path.read_bytes().decode(errors="replace")
        except OSError:  # it has ended
            continue


def _is_in(pid: int, session: str) -> bool:
    """Return whether a process is of this cluster, by where its output goes."""
    try:
        return str(Path(f"/proc/{pid}/fd/1").readlink()).startswith(session)
    except OSError:
        return False


def kill(pid: int) -> None:
    """Kill a process that may have ended."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


@pytest.fixture(scope="session")
def nodes() -> Iterator[Nodes]:
    import ray

    found = Nodes(workers=1)
    ray.init(address=found.cluster.address, log_to_driver=False, logging_level="ERROR")
    yield found
    ray.shutdown()
    found.close()


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Both:
    """Articles, and one index of them."""
    return write_both(tmp_path_factory.mktemp("library"))


def store_of(library: Both, name: str) -> Any:  # noqa: ANN401
    """Return the folder of another index in shards of the same articles."""
    from index.shards.store import ShardedStore

    return ShardedStore(library.folder / name)
