from pathlib import Path

import pytest

from tests.faults.power_model import Fate, History, Tree, always
from tests.faults.syscall_log import Call, Kind

KEPT, LOST, ZEROS, TORN = Fate.KEPT, Fate.LOST, Fate.ZEROS, Fate.TORN


def call(kind: Kind, path: str, target: str = "", data: bytes = b"") -> Call:
    return Call(kind, path, target, 0, data)


REPLACED = [
    call(Kind.CREATE, "new"),
    call(Kind.WRITE, "new", data=b"new!"),
    call(Kind.SYNC, "new"),
    call(Kind.RENAME, "new", "name"),
    call(Kind.SYNC, ""),
]
"""A file replaces another, which contains `old`."""


@pytest.mark.parametrize(
    ("cut", "names", "data", "expected"),
    [
        (2, LOST, LOST, {"name": b"old"}),
        (2, KEPT, LOST, {"name": b"old", "new": b""}),
        (2, KEPT, ZEROS, {"name": b"old", "new": b"\0\0\0\0"}),
        (2, KEPT, TORN, {"name": b"old", "new": b"ne"}),
        (2, LOST, KEPT, {"name": b"old"}),
        (3, KEPT, LOST, {"name": b"old", "new": b"new!"}),
        (4, LOST, LOST, {"name": b"old"}),
        (4, KEPT, LOST, {"name": b"new!"}),
        (5, LOST, LOST, {"name": b"new!"}),
    ],
)
def test_what_is_not_synced_may_be_lost(
    tmp_path: Path, cut: int, names: Fate, data: Fate, expected: Tree
) -> None:
    (tmp_path / "name").write_bytes(b"old")
    assert History.of(tmp_path, REPLACED).after(cut, always(names, data)) == expected


def test_a_lost_folder_loses_its_files(tmp_path: Path) -> None:
    calls = [
        call(Kind.MKDIR, "in"),
        call(Kind.CREATE, "in/file"),
        call(Kind.SYNC, "in"),
        call(Kind.RENAME, "in", "moved"),
        call(Kind.UNLINK, "moved/file"),
        call(Kind.SYNC, ""),
    ]
    history = History.of(tmp_path, calls)
    assert history.after(4, always(LOST, LOST)) == {}
    assert history.after(4, always(KEPT, LOST)) == {"moved/": b"", "moved/file": b""}
    # The name was deleted from the folder, which was not synced afterwards.
    assert history.after(6, always(LOST, LOST)) == {"moved/": b"", "moved/file": b""}
    assert history.after(6, always(KEPT, LOST)) == {"moved/": b""}


def test_a_file_with_two_names_keeps_one_when_the_other_is_deleted(tmp_path: Path) -> None:
    (tmp_path / "old").write_bytes(b"text")
    calls = [call(Kind.LINK, "old", "new"), call(Kind.UNLINK, "old"), call(Kind.SYNC, "")]
    assert History.of(tmp_path, calls).after(3, always(LOST, LOST)) == {"new": b"text"}
