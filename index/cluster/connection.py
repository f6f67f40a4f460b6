"""The connection to a Ray cluster; Ray is imported only here and where it is used."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from index.errors import BylineError, ClusterFailed, require, summary_of

_STORE = 128 << 20
"""Bytes of Ray's object store on this machine alone: what passes through it is small."""


@contextmanager
def connected(address: str | None) -> Iterator[None]:
    """Connect to the cluster at an address, `auto` for the one that runs here.

    None starts one on this machine, which ends with the block; a connection that is there already
    stays. Raises MissingExtra or ClusterFailed.
    """
    require("ray", extra="cluster")
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nothing is sent anywhere
    os.environ.setdefault("RAY_worker_niceness", "0")  # a person waits
    import ray

    if ray.is_initialized():
        yield
        return
    quiet: dict[str, Any] = {"log_to_driver": False, "logging_level": "ERROR"}
    if address is None:
        quiet |= {"include_dashboard": False, "object_store_memory": _STORE}
    try:
        ray.init(address=address or "local", **quiet)
    except (ConnectionError, RuntimeError, ValueError, OSError, TimeoutError) as error:
        at = f"at {address}" if address else "on this machine"
        raise ClusterFailed(f"no Ray cluster {at}: {summary_of(error)}") from error
    try:
        yield
    finally:
        ray.shutdown()


def results(references: Sequence[Any], timeout: float | None = None) -> list[Any]:
    """Wait for results. Raises the BylineError of a task, else ClusterFailed.

    Raises Ray's own errors for an actor that ended, and for a `timeout` in seconds.
    """
    import ray
    from ray.exceptions import GetTimeoutError, RayActorError, RayError, RayTaskError

    try:
        return list(ray.get(list(references), timeout=timeout))
    except RayTaskError as error:
        if isinstance(error.cause, BylineError):
            raise error.cause from None
        if isinstance(error.cause, Exception):
            raise ClusterFailed(summary_of(error.cause)) from error
        raise ClusterFailed(summary_of(error)) from error
    except (GetTimeoutError, RayActorError):
        raise
    except RayError as error:
        raise ClusterFailed(summary_of(error)) from error
