from pathlib import Path

import pytest

from tests.faults.calls import Call, Does
from tests.faults.power import Fate, History, Tree, always

KEPT, LOST, ZEROS, TORN = Fate.KEPT, Fate.LOST, Fate.ZEROS, Fate.TORN


def call(does: Does, path: str, target: str = "", data: bytes = b"") -> Call:
    return Call(does, path, target, 0, data)


REPLACED = [
    call(Does.CREATE, "new"),
    call(Does.WRITE, "new", data=b"new!"),
    call(Does.SYNC, "new"),
    call(Does.RENAME, "new", "name"),
    call(Does.SYNC, ""),
]
"""A file put in the place of another that holds `old`."""


@pytest.mark.parametrize(
    ("cut", "names", "data", "left"),
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
def test_what_was_not_synced_may_be_lost(
    tmp_path: Path, cut: int, names: Fate, data: Fate, left: Tree
) -> None:
    (tmp_path / "name").write_bytes(b"old")
    assert History.of(tmp_path, REPLACED).after(cut, always(names, data)) == left


def test_a_folder_that_is_lost_takes_what_is_in_it_along(tmp_path: Path) -> None:
    calls = [
        call(Does.MKDIR, "in"),
        call(Does.CREATE, "in/file"),
        call(Does.SYNC, "in"),
        call(Does.RENAME, "in", "moved"),
        call(Does.UNLINK, "moved/file"),
        call(Does.SYNC, ""),
    ]
    history = History.of(tmp_path, calls)
    assert history.after(4, always(LOST, LOST)) == {}
    assert history.after(4, always(KEPT, LOST)) == {"moved/": b"", "moved/file": b""}
    # The name went from the folder, which was not synced since.
    assert history.after(6, always(LOST, LOST)) == {"moved/": b"", "moved/file": b""}
    assert history.after(6, always(KEPT, LOST)) == {"moved/": b""}


def test_a_file_with_two_names_keeps_the_other(tmp_path: Path) -> None:
    (tmp_path / "old").write_bytes(b"text")
    calls = [call(Does.LINK, "old", "new"), call(Does.UNLINK, "old"), call(Does.SYNC, "")]
    assert History.of(tmp_path, calls).after(3, always(LOST, LOST)) == {"new": b"text"}
