"""Builds that start at the same moment on one index: `python -m tests.faults.crowd`.

Reads a crowd as JSON from standard input and forks a process for each of its folders. Each adds its
own folder to the index, and tries again for as long as it is told that the index is busy. How each
ended comes on standard output, a line each.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from index.articles.files import Root
from index.build.events import Summary
from index.build.pipeline import BuildRequest, build
from index.errors import BylineError, IndexBusy
from index.storage.store import Store
from tests.fakes import FakeEncoder, fake_model
from tests.faults.builder import warm_up

ROOT = Path(__file__).parents[2]
_PAUSE = 0.01
"""Seconds until a build that was told to wait tries again."""


class Crowd(msgspec.Struct):
    """Who builds what."""

    store: str
    folders: list[str]
    locked: bool = True
    """Without, a build does not mind another one: so that it is seen to lose articles."""


class Ended(msgspec.Struct, frozen=True):
    """How a build ended."""

    busy: int
    """How often it was told to wait."""
    failure: str
    """Empty where it was done."""


def build_at_once(store: Store, folders: list[Path], locked: bool = True) -> list[Ended]:
    """Start a build for each folder at the same moment, and wait for all."""
    crowd = Crowd(str(store.folder), [str(folder) for folder in folders], locked)
    ended = subprocess.run(
        [sys.executable, "-m", "tests.faults.crowd"],
        input=msgspec.json.encode(crowd), stdout=subprocess.PIPE, cwd=ROOT, check=True,
    )  # fmt: skip
    return [msgspec.json.decode(line, type=Ended) for line in ended.stdout.splitlines()]


def main() -> None:
    crowd = msgspec.json.decode(sys.stdin.buffer.read(), type=Crowd)
    warm_up()
    if not crowd.locked:
        Store.writing = _unlocked  # type: ignore[assignment]
    waiting, go = os.pipe()
    children = [_forked(crowd, folder, waiting, go) for folder in crowd.folders]
    os.close(go)  # they all begin now
    for child in children:
        os.waitpid(child, 0)


def _forked(crowd: Crowd, folder: str, waiting: int, go: int) -> int:
    child = os.fork()
    if child == 0:
        os.close(go)
        os.read(waiting, 1)
        # In one write, so that lines stay whole.
        os.write(1, msgspec.json.encode(_added(crowd, folder)) + b"\n")
        os._exit(0)
    return child


def _added(crowd: Crowd, folder: str) -> Ended:
    request = BuildRequest(fake_model(), (Root(folder, folder),))
    busy = 0
    while True:
        try:
            *_, last = build(Store(Path(crowd.store)), request, FakeEncoder())
            assert isinstance(last, Summary)
            return Ended(busy, "")
        except IndexBusy:
            busy += 1
            time.sleep(_PAUSE)
        except BylineError as error:
            return Ended(busy, error.message)
        except Exception as error:  # noqa: BLE001  (a fork must end here, whatever comes)
            return Ended(busy, f"{type(error).__name__}: {error}")


@contextmanager
def _unlocked(store: Store) -> Iterator[None]:
    (store.folder / "generations").mkdir(parents=True, exist_ok=True)
    yield


if __name__ == "__main__":
    main()
