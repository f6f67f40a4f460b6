"""What is found at one path is what a scan of everything finds at or under it."""

import os
from pathlib import Path

import pytest

from index.articles.files import Found, Root, Skipped, find, find_at
from index.articles.paths import is_under

FILES = {
    "a.txt": "The port is closed.",
    "plan.xyz": "plan",
    ".hidden.txt": "The mill was sold.",
    ".git/head.txt": "The dam broke.",
    "in/b.md": "The dam broke.",
    "in/deep/c.txt": "The bridge is open.",
    "in/deep/draft.txt": "The bridge is not open.",
    "in/left/d.txt": "Nobody knew.",
    "in/.bylineignore": "draft*\n/left/\n",
    "node_modules/e.txt": "No article.",
    ".bylineignore": "f*.txt\n",
    "f.txt": "The fog came.",
    "in/f2.txt": "The fog left.",
}


@pytest.fixture
def root(tmp_path: Path) -> Root:
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (tmp_path / "link").symlink_to(tmp_path / "in")
    os.mkfifo(tmp_path / "in" / "pipe.txt")
    return Root("news", str(tmp_path))


def found_at(root: Root, relative: str) -> list[Found | Skipped]:
    items = list(find_at(root, relative))
    assert not any(isinstance(item, Root) for item in items)
    return [item for item in items if not isinstance(item, Root)]


def test_each_path_yields_what_a_scan_finds_there(root: Root) -> None:
    everything = list(find((root,)))
    names = {path for name in FILES for path in (name, *map(str, Path(name).parents))} - {"."}
    for name in sorted({*names, "link", "in/pipe.txt", "missing.txt", "in/missing/g.txt"}):
        under = [item for item in everything if is_under(item.path, f"{root.path}/{name}")]
        assert found_at(root, name) == under, name
    assert found_at(root, "") == everything


def test_what_is_left_out_or_behind_a_link_is_not_found(root: Root) -> None:
    for name in (
        "f.txt", "in/f2.txt", "in/deep/draft.txt", "in/left/d.txt", "in/left", ".git/head.txt",
        "node_modules/e.txt", "link/b.md", "a.txt/x.txt",
    ):  # fmt: skip
        assert found_at(root, name) == []


def test_a_root_that_is_a_file_is_found(root: Root) -> None:
    (item,) = found_at(Root("a.txt", f"{root.path}/a.txt"), "")
    assert isinstance(item, Found)
    assert item.path == f"{root.path}/a.txt"
