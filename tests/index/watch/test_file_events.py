"""What the system reports, and when it is not trusted to."""

import errno
from contextlib import closing
from pathlib import Path

import pytest

from index.articles.files import Root
from index.watch import file_events
from index.watch.file_events import EventsLost, WatchedFiles, network_system

ENOUGH = 10.0
"""Seconds; a report takes some tenths of one."""


@pytest.fixture
def news(tmp_path: Path) -> Path:
    news = tmp_path / "news"
    news.mkdir()
    (news / "port.txt").write_text("The port is closed.", encoding="utf-8")
    return news


def root(path: Path) -> Root:
    return Root(path.name, str(path))


def reported(events: WatchedFiles, *wanted: Path) -> bool:
    """Wait until all of these paths are reported."""
    missing = set(map(str, wanted))
    while missing:
        paths = events.wait(ENOUGH)
        if not paths:
            return False
        missing -= paths
    return True


def test_changes_are_reported_also_in_folders_that_are_new_or_were_moved(news: Path) -> None:
    with closing(WatchedFiles([root(news)])) as events:
        (news / "port.txt").write_text("The port is open.", encoding="utf-8")
        (news / "a" / "b").mkdir(parents=True)
        assert reported(events, news / "port.txt", news / "a")
        (news / "a").rename(news / "z")
        assert reported(events, news / "a", news / "z")
        (news / "z" / "b" / "dam.txt").write_text("The dam broke.", encoding="utf-8")
        (news / "port.txt").unlink()
        assert reported(events, news / "z" / "b" / "dam.txt", news / "port.txt")


def test_a_root_that_is_a_file_is_followed_when_an_editor_replaces_it(news: Path) -> None:
    with closing(WatchedFiles([root(news / "port.txt")])) as events:
        for text in ("The port is open.", "The port is closed."):
            (news / "port.new").write_text(text, encoding="utf-8")
            (news / "port.new").rename(news / "port.txt")
            assert reported(events, news / "port.txt")


def test_a_name_that_is_not_utf_8_loses_reports(news: Path) -> None:
    with closing(WatchedFiles([root(news)])) as events:
        Path(bytes(news).decode() + "/\udcff.txt").write_text("x", encoding="utf-8")
        with pytest.raises(EventsLost):
            events.wait(ENOUGH)


def test_a_missing_root_is_not_watched(news: Path) -> None:
    with closing(WatchedFiles([root(news / "missing")])) as events:
        assert events.wait(0) == frozenset()


def test_files_can_be_polled(news: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_events, "_POLL_MS", 20)
    with closing(WatchedFiles([root(news)], poll=True)) as events:
        (news / "dam.txt").write_text("The dam broke.", encoding="utf-8")
        assert reported(events, news / "dam.txt")
        assert events.notes == []


class Refusing:
    """A RustNotify that cannot watch, only poll."""

    def __init__(self, paths: list[str], _debug: bool, polling: bool, *_: object) -> None:
        if not polling:
            raise OSError(errno.ENOSPC, "OS file watch limit reached.")

    def watch(self, *_: object) -> str:
        return "stop"

    def close(self) -> None:
        pass


def test_a_folder_that_cannot_be_watched_is_polled_and_the_user_told_what_to_do(
    news: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("watchfiles._rust_notify.RustNotify", Refusing)
    events = WatchedFiles([root(news)])
    events._closed.set()
    events.close()
    (note,) = events.notes
    assert "news cannot be watched" in note
    assert "every 5 seconds" in note
    assert "fs.inotify.max_user_watches" in note


def test_the_innermost_mount_decides_whether_a_path_is_on_a_network(
    news: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    mounts = [("/", "ext4"), ("/mnt", "nfs4"), ("/mnt/usb", "vfat"), ("/home/a b", "fuse.sshfs")]
    systems = {
        path: network_system(path, mounts)
        for path in ("/news", "/mnt/news", "/mnt/usb/news", "/home/a b", "/mnt2", "/home/a")
    }
    assert systems == {
        "/news": None, "/mnt/news": "nfs4", "/mnt/usb/news": None, "/home/a b": "fuse.sshfs",
        "/mnt2": None, "/home/a": None,
    }  # fmt: skip
    table = tmp_path / "mountinfo"
    table.write_text(
        "22 1 8:1 / / rw shared:1 - ext4 /dev/sda1 rw\n"
        f"36 22 0:42 / {str(tmp_path).replace(' ', chr(92) + '040')} rw - cifs //nas/news rw\n",
        encoding="utf-8",
    )
    monkeypatch.setattr(file_events, "_MOUNTS", table)
    with closing(WatchedFiles([root(news)])) as events:
        (note,) = events.notes
    assert "network drive (cifs)" in note


def test_escapes_of_a_mounted_folder_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = tmp_path / "mountinfo"
    table.write_text("36 22 0:42 / /mnt/a\\040b rw - nfs nas:/ rw\n", encoding="utf-8")
    monkeypatch.setattr(file_events, "_MOUNTS", table)
    assert file_events._mounts() == [("/mnt/a b", "nfs")]
