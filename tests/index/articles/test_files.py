import os
import socket
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

    def scandir(path: str) -> object:
        if Path(path).name == "closed":
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
        ("file.txt", "folder", "loop"), "a symbolic link; links are not followed"
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
    write(tmp_path, "a.pdf", "b", "c.txt.bak", "d.Md")
    assert found(tmp_path) == ["d.Md"]
    assert skipped(tmp_path) == dict.fromkeys(("a.pdf", "b", "c.txt.bak"), "not .txt or .md")


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
