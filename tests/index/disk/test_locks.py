import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from index.disk.locks import lock_exclusively, locked

HOLD = (
    "import sys; from pathlib import Path; from index.disk.locks import locked\n"
    "with locked(Path(sys.argv[1])):\n"
    "    print('held', flush=True); sys.stdin.read()"
)


def test_a_lock_held_by_another_process_is_refused_or_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(BlockingIOError), locked(path, wait=False):
            pass
        holder.kill()
        with locked(path):  # the kernel released it
            assert holder.wait() == -9


def test_a_lock_is_released_when_the_block_ends(tmp_path: Path) -> None:
    with locked(tmp_path / "lock"):
        pass
    with locked(tmp_path / "lock", wait=False):
        pass


def test_a_folder_can_be_locked_and_nothing_is_left_in_it(tmp_path: Path) -> None:
    with (
        locked(tmp_path, os.O_RDONLY),
        pytest.raises(BlockingIOError),
        locked(tmp_path, os.O_RDONLY, wait=False),
    ):
        pass
    assert list(tmp_path.iterdir()) == []


def test_the_contents_of_a_locked_file_stay(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    path.write_bytes(b"kept")
    with locked(path) as descriptor:
        assert os.pread(descriptor, 9, 0) == b"kept"
    assert path.read_bytes() == b"kept"


def test_a_file_system_without_locks_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_locks(_descriptor: int, _operation: int) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr("fcntl.flock", no_locks)
    with pytest.raises(OSError, match="No locks available"):
        lock_exclusively(0)
