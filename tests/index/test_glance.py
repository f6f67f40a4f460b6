"""A quick look finds new, changed and deleted articles, and nothing that is none."""

import os
import shutil
from contextlib import closing
from pathlib import Path

import pytest

from index.glance import glance
from tests.index.build.workspace import Workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    workspace = Workspace(tmp_path)
    workspace.write("port.txt", "The port is closed.")
    workspace.write("in/deep/mill.txt", "The mill was sold.")
    workspace.write("in/dam.txt", "The dam broke.")
    workspace.write(".bylineignore", "draft*\n")
    workspace.build()
    return workspace


def seen(workspace: Workspace, seconds: float = 9.0) -> int:
    scanned = workspace.store.scanned_ns()
    assert scanned is not None
    with closing(workspace.store.open()) as index:
        return glance(index.generation.catalog, scanned, seconds)


def test_nothing_changed_after_a_build(workspace: Workspace) -> None:
    assert seen(workspace) == 0


def test_changes_of_each_kind_are_counted(workspace: Workspace) -> None:
    workspace.write("port.txt", "The port is open.")
    assert seen(workspace) == 1
    workspace.write("in/deep/fog.txt", "The fog came.")
    assert seen(workspace) == 2
    (workspace.news / "in" / "dam.txt").unlink()
    assert seen(workspace) == 3
    workspace.write("new/folder/ship.txt", "The ship sank.")
    assert seen(workspace) == 4
    shutil.rmtree(workspace.news / "in")
    assert seen(workspace) == 4
    workspace.build()
    assert seen(workspace) == 0


def test_what_is_no_article_is_no_change(workspace: Workspace) -> None:
    for name in ("draft.txt", ".port.txt.swp", "plan.xyz", "in/.git/head.txt", "empty/.keep"):
        workspace.write(name, "The port is open.")
    assert seen(workspace) == 0


def test_what_the_last_scan_left_as_it_was_is_no_change(workspace: Workspace) -> None:
    os.utime(workspace.news / "port.txt", ns=(1, 1))
    workspace.write("binary", "\0")
    assert seen(workspace) == 2
    assert not workspace.build().published
    assert seen(workspace) == 0


def test_a_file_in_place_of_another_is_seen_even_if_it_is_older(workspace: Workspace) -> None:
    other = workspace.folder / "old.txt"
    other.write_text("The port is open again.", encoding="utf-8")
    os.utime(other, ns=(1, 1))
    other.rename(workspace.news / "port.txt")
    assert seen(workspace) == 1


def test_a_missing_root_is_no_change_because_its_articles_are_kept(workspace: Workspace) -> None:
    workspace.news.rename(workspace.folder / "away")
    assert seen(workspace) == 0


def test_the_look_ends_when_its_time_is_up(workspace: Workspace) -> None:
    for name in ("port.txt", "in/dam.txt", "in/deep/mill.txt"):
        (workspace.news / name).write_text("Another text, and longer.", encoding="utf-8")
    ticks = iter(range(100))
    with closing(workspace.store.open()) as index:
        assert glance(index.generation.catalog, 0, 1.5, lambda: next(ticks)) == 2


def test_without_a_record_of_a_scan_nothing_is_known(workspace: Workspace) -> None:
    (workspace.store.folder / "scanned").write_bytes(b"\0\0")
    assert workspace.store.scanned_ns() is None
