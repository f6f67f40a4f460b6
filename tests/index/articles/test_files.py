import os
import socket
import time
from pathlib import Path

import pytest

from index.articles.files import (
    Contents,
    Found,
    Root,
    Signature,
    Skipped,
    find,
    read,
    resolve_roots,
)
from index.errors import BadRequest


def root(path: Path) -> Root:
    return Root(str(path), str(path))


def write(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"One sentence.\n")


def found(*roots: Path) -> list[str]:
    items = find(tuple(root(path) for path in roots))
    return [item.relative for item in items if isinstance(item, Found)]


def skipped(*roots: Path) -> dict[str, str]:
    items = find(tuple(root(path) for path in roots))
    return {Path(item.path).name: item.reason for item in items if isinstance(item, Skipped)}


@pytest.fixture
def closed_folder(monkeypatch: pytest.MonkeyPatch) -> str:
    """Name of folders that cannot be listed; file modes would not stop root."""
    listed = os.scandir

    def scandir(path: str | int) -> object:  # a descriptor when pytest deletes its folder
        if isinstance(path, str) and Path(path).name == "closed":
            raise PermissionError(13, "Permission denied")
        return listed(path)

    monkeypatch.setattr("index.articles.files.os.scandir", scandir)
    return "closed"


def test_articles_come_in_a_fixed_order_files_before_folders(tmp_path: Path) -> None:
    write(tmp_path, "b/2.txt", "b/1.md", "a/z/1.txt", "a/1.TXT", "c.txt", "B.txt")
    assert found(tmp_path) == ["B.txt", "c.txt", "a/1.TXT", "a/z/1.txt", "b/1.md", "b/2.txt"]


def test_a_root_may_be_a_file(tmp_path: Path) -> None:
    write(tmp_path, "a.txt")
    (item,) = find((root(tmp_path / "a.txt"),))
    assert isinstance(item, Found)
    assert (item.relative, item.path) == ("", str(tmp_path / "a.txt"))


def test_overlapping_roots_give_each_file_once_under_the_first(tmp_path: Path) -> None:
    write(tmp_path, "a/1.txt", "a/2.txt", "b.txt")
    assert found(tmp_path / "a", tmp_path, tmp_path / "b.txt", tmp_path / "a") == [
        "1.txt",
        "2.txt",
        "b.txt",
    ]


def test_hidden_names_are_ignored(tmp_path: Path) -> None:
    write(tmp_path, ".hidden.txt", ".git/a.txt", "a.txt")
    assert found(tmp_path) == ["a.txt"]
    assert skipped(tmp_path) == {}


def test_links_are_skipped_and_not_followed(tmp_path: Path) -> None:
    write(tmp_path, "news/a.txt", "other/b.txt")
    (tmp_path / "news/file.txt").symlink_to(tmp_path / "other/b.txt")
    (tmp_path / "news/folder").symlink_to(tmp_path / "other")
    (tmp_path / "news/loop").symlink_to(tmp_path / "news")
    assert found(tmp_path / "news") == ["a.txt"]
    assert skipped(tmp_path / "news") == dict.fromkeys(
        ("file.txt", "folder", "loop"),
        "a symbolic link; links are not followed (see --follow-links)",
    )


def test_special_files_are_skipped_and_not_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    monkeypatch.chdir(tmp_path)  # a socket's path must be short
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("sock.txt")
        assert skipped(tmp_path) == {
            "pipe.txt": "a FIFO, not a regular file",
            "sock.txt": "a socket, not a regular file",
        }
    assert skipped(Path("/dev/null")) == {"null": "a device, not a regular file"}


def test_other_suffixes_are_skipped(tmp_path: Path) -> None:
    names = "a.text b.markdown c.mdx d.rst e.org f.log g h.Md".split()
    write(tmp_path, "a.zip", "c.txt.bak", *names)
    assert found(tmp_path) == names
    assert set(skipped(tmp_path)) == {"a.zip", "c.txt.bak"}


@pytest.mark.parametrize(
    ("data", "is_read"),
    [
        (b"One sentence.\n", True),
        (b"\x1b[1mBold\x1b[0m\x0c\tnext page\n", True),
        ("Zoë".encode("utf-16"), True),
        (b"Caf\xe9", True),
        (b"\x1f\x8b\x08 zip", False),
        (b"\x7fELF\0", False),
        (b"", True),
    ],
)
def test_a_file_without_an_extension_is_read_if_it_is_text(
    tmp_path: Path, data: bytes, is_read: bool
) -> None:
    (tmp_path / "README").write_bytes(data)
    (tmp_path / "README.txt").write_bytes(data)
    assert isinstance(read(root(tmp_path), "README"), Contents) == is_read
    assert isinstance(read(root(tmp_path), "README.txt"), Contents)


def followed(*roots: Path) -> list[str]:
    items = find(tuple(Root(path.name, str(path), follow_links=True) for path in roots))
    return [f"{item.root.given}|{item.relative}" for item in items if isinstance(item, Found)]


def test_links_are_followed_if_asked_and_nothing_is_found_twice(tmp_path: Path) -> None:
    write(tmp_path, "news/a.txt", "news/in/b.txt", "other/c.txt", "other/deep/d.txt", "e.txt")
    links = {
        "news/again": "in", "news/file.txt": "../e.txt", "news/same.txt": "a.txt",
        "news/other": "../other", "other/back": "../news", "news/none": "nowhere",
        "news/self": "self", "other/deep/up": "..",
    }  # fmt: skip
    for link, target in links.items():
        (tmp_path / link).symlink_to(target)
    assert followed(tmp_path / "news") == [
        "news|a.txt", "news|in/b.txt", "news/file.txt|", "news/other|c.txt",
        "news/other|deep/d.txt",
    ]  # fmt: skip
    (item,) = (one for one in find((Root("n", str(tmp_path / "news"), follow_links=True),))
               if isinstance(one, Found) and one.relative == "c.txt")  # fmt: skip
    assert item.path == str(tmp_path / "other/c.txt")
    assert item.root.linked_from == str(tmp_path / "news")
    assert isinstance(read(item.root, item.relative), Contents)
    reasons = {
        Path(one.path).name: one.reason
        for one in find((Root("n", str(tmp_path / "news"), follow_links=True),))
        if isinstance(one, Skipped)
    }
    assert reasons == dict.fromkeys(("none", "self"), "a symbolic link that leads nowhere")


def test_a_link_to_a_folder_above_ends(tmp_path: Path) -> None:
    write(tmp_path, "top/a.txt", "top/news/b.txt")
    (tmp_path / "top/news/up").symlink_to("..")
    assert followed(tmp_path / "top/news") == ["news|b.txt", "news/up|a.txt"]


def ignore(folder: Path, *patterns: str) -> None:
    (folder / ".bylineignore").write_text("\n".join(patterns), encoding="utf-8")


def test_what_an_ignore_file_names_is_left_out(tmp_path: Path) -> None:
    write(
        tmp_path, "a.txt", "draft-1.txt", "draft-2.txt", "in/draft-3.txt", "in/b.txt", "old/c.txt",
        "in/old/d.txt", "node_modules/README.md", "in/node_modules/x.md", "CVS/Root", "kept/CVS/e",
    )  # fmt: skip
    assert not any("node_modules" in name or "CVS" in name for name in found(tmp_path))
    ignore(tmp_path, "# drafts", "draft-*", "!draft-2.txt", "/old/", "!kept/CVS/", " ")
    ignore(tmp_path / "in", "!draft-3.txt", "b.*")
    assert found(tmp_path) == [
        "a.txt",
        "draft-2.txt",
        "in/draft-3.txt",
        "in/old/d.txt",
        "kept/CVS/e",
    ]
    # The rules are those of the folder that is read, and of those under it.
    assert found(tmp_path / "in") == ["draft-3.txt", "old/d.txt"]


def test_an_invalid_pattern_is_reported_and_the_others_hold(tmp_path: Path) -> None:
    write(tmp_path, "a.txt", "b.txt", "c.txt")
    ignore(tmp_path, "a.txt", "!", "[z-a]", "*a*a*a*a", "b.txt")
    assert found(tmp_path) == ["c.txt"]
    assert skipped(tmp_path) == {
        ".bylineignore": "line 2: not a pattern; line 3: not a pattern; "
        "line 4: more than 3 wildcards (*) in a pattern"
    }


def test_an_ignore_file_that_cannot_be_read_hides_nothing(tmp_path: Path) -> None:
    write(tmp_path, "a.txt", "b.txt")
    (tmp_path / ".bylineignore").symlink_to(tmp_path / "b.txt")
    assert found(tmp_path) == ["a.txt", "b.txt"]
    assert list(skipped(tmp_path)) == [".bylineignore"]
    (tmp_path / ".bylineignore").unlink()
    ignore(tmp_path, *(f"{number}.log" for number in range(1001)), "a.txt")
    assert found(tmp_path) == ["a.txt", "b.txt"]
    assert skipped(tmp_path) == {".bylineignore": "line 1001: over the limit of 1,000 patterns"}


@pytest.mark.parametrize("pattern", ["a*a*a*b", "**/a*a*a*b/**", "*?*?*b"])
def test_no_pattern_takes_long(tmp_path: Path, pattern: str) -> None:
    write(tmp_path, f"{'a' * 200}.txt")
    ignore(tmp_path, pattern)
    started = time.perf_counter()
    assert len(found(tmp_path)) == 1
    assert time.perf_counter() - started < 1


def test_a_folder_that_cannot_be_opened_is_skipped_and_the_rest_is_found(
    tmp_path: Path, closed_folder: str
) -> None:
    write(tmp_path, "a/1.txt", f"{closed_folder}/2.txt", "z/3.txt")
    assert found(tmp_path) == ["a/1.txt", "z/3.txt"]
    assert skipped(tmp_path) == {"closed": "cannot be opened: Permission denied"}


def test_a_missing_root_is_skipped(tmp_path: Path) -> None:
    assert skipped(tmp_path / "missing") == {"missing": "cannot be read: No such file or directory"}


def test_names_that_are_not_utf_8_are_found_and_read(tmp_path: Path) -> None:
    name = os.fsdecode(b"caf\xe9.txt")
    write(tmp_path, name)
    assert found(tmp_path) == [name]
    assert isinstance(read(root(tmp_path), name), Contents)


def test_reading_returns_the_bytes_and_their_signature(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"abc")
    contents = read(root(tmp_path), "a.txt")
    assert isinstance(contents, Contents)
    assert contents.data == b"abc"
    assert contents.signature == Signature.of((tmp_path / "a.txt").stat())
    assert contents.sha256 == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def reason(item: Contents | Skipped) -> str:
    assert isinstance(item, Skipped)
    return item.reason


def test_a_file_may_be_as_large_as_the_limit_and_no_larger(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"a" * 1000)
    assert isinstance(read(root(tmp_path), "a.txt", 1000), Contents)
    message = reason(read(root(tmp_path), "a.txt", 999))
    assert message == "1,000 bytes, over the limit of 999 (raise it with --max-bytes)"


def test_a_file_that_grows_while_it_is_read_is_refused_at_the_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.txt").write_bytes(b"a" * 10)
    reads: list[int] = []

    def endless(_descriptor: int, size: int) -> bytes:
        reads.append(size)
        return b"a" * min(size, 7)

    monkeypatch.setattr("index.articles.files.os.read", endless)
    assert "over the limit" in reason(read(root(tmp_path), "a.txt", 20))
    assert reads == [21, 14, 7]


def test_a_path_that_leads_outside_is_refused(tmp_path: Path) -> None:
    write(tmp_path, "news/a.txt", "secret.txt")
    for relative in ("../secret.txt", "a/../../secret.txt", str(tmp_path / "secret.txt")):
        message = reason(read(root(tmp_path / "news"), relative))
        assert message == "outside the folder it was found in"


def test_a_folder_turned_into_a_link_is_refused(tmp_path: Path) -> None:
    write(tmp_path, "news/in/a.txt", "other/a.txt")
    assert isinstance(read(root(tmp_path / "news"), "in/a.txt"), Contents)
    (tmp_path / "news/in/a.txt").unlink()
    (tmp_path / "news/in").rmdir()
    (tmp_path / "news/in").symlink_to(tmp_path / "other")
    message = reason(read(root(tmp_path / "news"), "in/a.txt"))
    assert message == "outside the folder it was found in"


def test_a_file_turned_into_a_link_or_a_fifo_is_refused(tmp_path: Path) -> None:
    write(tmp_path, "a.txt")
    (tmp_path / "link.txt").symlink_to(tmp_path / "a.txt")
    os.mkfifo(tmp_path / "pipe.txt")
    assert reason(read(root(tmp_path), "link.txt")).startswith("cannot be opened: ")
    assert reason(read(root(tmp_path), "pipe.txt")) == "a FIFO, not a regular file"
    assert reason(read(root(tmp_path), "gone.txt")).startswith("cannot be opened: ")


def test_a_disk_error_is_the_reason_for_skipping(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, "a.txt")

    def failing(_descriptor: int, _size: int) -> bytes:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("index.articles.files.os.read", failing)
    assert reason(read(root(tmp_path), "a.txt")) == "cannot be read: Input/output error"


@pytest.mark.parametrize("name", ["a\0b", "\ud800"])
def test_a_name_that_no_file_can_have_is_skipped(tmp_path: Path, name: str) -> None:
    path = f"{tmp_path}/{name}"
    assert read(Root(path, path), "") == Skipped(path, "not a possible file name")


def test_roots_are_resolved_when_they_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    real = str((tmp_path / "real").resolve())
    assert resolve_roots(("link", "~/real", "./real/")) == (
        Root("link", real),
        Root("~/real", real),
        Root("./real/", real),
    )


def test_a_missing_root_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match=r"no such file or folder: .*/typo"):
        resolve_roots((str(tmp_path / "typo"),))
