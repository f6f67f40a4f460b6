"""A folder of everything that is not an article, and of articles meant to do harm."""

import os
import random
import socket
import stat
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from index.articles.files import MAX_BYTES

LINE = MAX_BYTES - 200
"""Bytes of a huge line; larger files are skipped."""
DEEP = 40
"""Nested folders, with names so long that the path of the innermost one is too long."""
PROSE = "The port is closed. Nobody has the money to dig it out.\n\nIt rained at night in May.\n"

HUGE = {
    "a-tags": "<a ",
    "open-tags": "<div><p>",
    "entities": "&lt;&#60;",
    "comments": "<!-- ",
    "dots": ".",
    "quotes": "\"'“”",
    "brackets": "([{",
    "digits": "0123456789",
    "dates": "8 July 2008 ",
    "words": "port ",
    "one-word": "porthouse",
    "spaces": " \t",
    "sentences": "He left. ",
    "abbreviations": "Mr. U.S. e.g. ",
    "exclamations": "?! ",
    "dashes": "-",
    "stars": "* _ ",
    "hashes": "# ",
    "unpaired": "“",
    "backticks": "`",
    "json": '"port": "closed", ',
    "ideographs": "東京東京東京東京。",
    "combining": "e\u0301\u0301\u0301\u0301",
    "emoji": "👩\u200d👧",
    "ligatures": "ﬃ\ufdfa",
    "surrogate-bytes": "\udced\udca0\udc80",
    "returns": "\r",
    "separators": "\u2028",
}
"""What huge lines are made of."""

TRAPS = {
    "heading-spaces": "# a" + 3_000 * " " + "b\n\n" + PROSE,
    "heading-hashes": "# a" + 3_000 * " #" + "b\n\n" + PROSE,
    "date-dots": "Published" + 30_000 * "." + "x 8 July 2008 - It began.\n\n" + PROSE,
    "date-initials": "A" + 30_000 * "." + "x 8 July 2008 - It began.\n\n" + PROSE,
    "date-dashes": "A-" * 10_000 + "x 2008-07-08 - It began.\n\n" + PROSE,
    "share-bar": "share " * 33 + "!\n\n" + PROSE,
    "bread-crumbs": "a b c d > " * 19 + "!\n\n" + PROSE,
    "cookies": "we " + "a " * 98 + "\n\n" + PROSE,
    "many-cookies": "we use cook " * 20_000 + "\n\n" + PROSE,
    "sign-up": "sign up to our " * 20_000 + "\n\n" + PROSE,
    "many-paragraphs": "a\n\n" * 20_000,
    "many-lines": "port\n" * 50_000,
    "short-lines": "".join(f"Ship {number} sank!\n" for number in range(20_000)),
    "few-lines": "".join(f"a{number}.\n" for number in range(20_000)),
    "same-paragraph": "The port is closed today.\n\n" * 10_000,
    "wrapped": "the port is closed and nobody has the money to dig it all out,\n" * 5_000,
    "yaml-flat": "---\n" + 8_000 * "[" + "\n---\n" + PROSE,
    "yaml-nested": "---\n" + 30_000 * "[" + "\n---\n" + PROSE,
    "yaml-maps": "---\n" + "{a: " * 15_000 + "\n---\n" + PROSE,
    "yaml-aliases": "---\na0: &a0 [x]\n" + "".join(
        f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 150)
    ) + "---\n" + PROSE,
    "yaml-keys": "---\n" + "? " * 30_000 + "\n---\n" + PROSE,
    "yaml-long": "---\ntitle: " + 300_000 * "a: " + "\n---\n" + PROSE,
    "yaml-tag": "---\ntitle: !!python/object/apply:os.system ['touch canary']\n---\n" + PROSE,
    "nested-html": "<div>" * 50_000 + "</div>" * 50_000 + "\n\n" + PROSE,
    "nested-quotes": "> " * 50_000 + "a\n\n" + PROSE,
    "nul-behind": PROSE * 200 + 200_000 * "\0",
    "utf-16-odd": "\ufeff" + PROSE,
}  # fmt: skip
"""Articles on which a backtracking parser would take forever."""

NAMES = (
    "new\nline.txt", "-rf.txt", "--help.txt", "-", "tab\t.txt", "back\x08.txt", "bell\x07.txt",
    "esc\x1b[31m.txt", "osc\x1b]52;c;aGk=\x07.txt", "bidi\u202etxt.exe.txt", "zero\u200b.txt",
    "[@click=app.quit]x.txt", "$(touch canary).txt", "`touch canary`.txt", "+!touch canary.txt",
    "a;touch canary;.txt", "a|touch canary.txt", "a:3:4.txt", "c1\x9b31m.txt", " .txt", "~.txt",
    "*.txt", "?.txt", "%s%n.txt", "\\.txt", "'.txt", "\".txt", "con.txt", "é.txt", "e\u0301.txt",
    "😀.txt", 250 * "l" + ".txt", "no-suffix", "script.html", "bomb.zip", "doc.PDF",
)  # fmt: skip
BROKEN_NAMES = (b"broken\xff.txt", b"half\xc3.txt", b"surrogate\xed\xa0\x80.txt", b"\x80\x9b.txt")


@dataclass(frozen=True, slots=True)
class Expected:
    """A path that must be skipped, and words of the reason."""

    path: str
    reason: str


def make(news: Path, chance: random.Random, huge: int) -> list[Expected]:
    """Fill a folder, with some of the huge lines; return what must be skipped."""
    news.mkdir()
    (news / "port.txt").write_text(PROSE, encoding="utf-8")
    _named(news / "names")
    _trapped(news / "traps")
    _huge(news / "huge", chance.sample(sorted(HUGE), min(huge, len(HUGE))))
    skipped = [*_special(news / "special"), *_linked(news / "links"), *_sparse(news / "sparse")]
    return [*skipped, *_unreadable(news / "unreadable"), *_fleeting(news), *_deep(news / "deep")]


def _named(folder: Path) -> None:
    folder.mkdir()
    for number, name in enumerate((*map(os.fsencode, NAMES), *BROKEN_NAMES)):
        path = os.fsencode(folder) + b"/" + name
        Path(os.fsdecode(path)).write_text(f"Ship {number} left. {PROSE}", encoding="utf-8")


def _trapped(folder: Path) -> None:
    folder.mkdir()
    for name, text in TRAPS.items():
        encoding = "utf-16-le" if name == "utf-16-odd" else "utf-8"
        (folder / f"{name}.md").write_bytes(text.encode(encoding) + b"x" * ("odd" in name))


def _huge(folder: Path, kinds: list[str]) -> None:
    folder.mkdir()
    for kind in kinds:
        unit = HUGE[kind].encode("utf-8", errors="surrogateescape")
        line = unit * (LINE // len(unit))
        (folder / f"{kind}.txt").write_bytes(b"It began. " + line + b"x\n\n" + PROSE.encode())


def _special(folder: Path) -> Iterator[Expected]:
    folder.mkdir()
    os.mkfifo(folder / "pipe.txt")
    yield Expected(str(folder / "pipe.txt"), "a FIFO")
    with closing(socket.socket(socket.AF_UNIX)) as listener:
        before = Path.cwd()
        os.chdir(folder)  # the path of a socket must be short
        listener.bind("socket.txt")
        os.chdir(before)
    yield Expected(str(folder / "socket.txt"), "a socket")
    devices = {"zero.txt": (stat.S_IFCHR, 1, 5), "tty.md": (stat.S_IFCHR, 5, 0),
               "disk.txt": (stat.S_IFBLK, 7, 0)}  # fmt: skip
    for name, (kind, major, minor) in devices.items():
        with suppress(OSError):  # needs the right to make devices
            os.mknod(folder / name, kind | 0o600, os.makedev(major, minor))
            yield Expected(str(folder / name), "a device")


def _linked(folder: Path) -> Iterator[Expected]:
    inner = folder / "inner"
    inner.mkdir(parents=True)
    (inner / "article.txt").write_text(f"Inside. {PROSE}", encoding="utf-8")
    links = {
        folder / "self.txt": "self.txt",
        folder / "one.txt": "two.txt",
        folder / "two.txt": "one.txt",
        folder / "nowhere.txt": "nowhere",
        folder / "outside.txt": "/etc/passwd",
        folder / "memory.txt": "/dev/zero",
        inner / "up": "..",
        inner / "around": "../inner",
        inner / "root": "/",
    }
    for link, target in links.items():
        link.symlink_to(target)
        yield Expected(str(link), "a symbolic link")


def _sparse(folder: Path) -> Iterator[Expected]:
    folder.mkdir()
    for name, size, reason in (
        ("giant.txt", 1 << 40, "over the limit"),
        ("just-over.txt", MAX_BYTES + 1, "over the limit"),
        ("hollow.txt", MAX_BYTES, "binary"),
    ):
        (folder / name).touch()
        os.truncate(folder / name, size)
        yield Expected(str(folder / name), reason)
    (folder / "empty.txt").touch()
    yield Expected(str(folder / "empty.txt"), "no text")


def _unreadable(folder: Path) -> Iterator[Expected]:
    (folder / "closed").mkdir(parents=True)
    (folder / "closed" / "inside.txt").write_text(PROSE, encoding="utf-8")
    (folder / "secret.txt").write_text(PROSE, encoding="utf-8")
    (folder / "secret.txt").chmod(0)
    (folder / "closed").chmod(0)
    yield Expected(str(folder / "secret.txt"), "cannot be opened: Permission denied")
    yield Expected(str(folder / "closed"), "cannot be opened: Permission denied")


def _fleeting(news: Path) -> Iterator[Expected]:
    """Create what `FLEETING` changes later."""
    for name, fleeting in FLEETING.items():
        path = news / name
        if fleeting.is_folder:
            path.mkdir()
            (path / "inside.txt").write_text(PROSE, encoding="utf-8")
        else:
            path.write_text(PROSE, encoding="utf-8")
        yield Expected(str(path), fleeting.reason)


def _deep(folder: Path) -> Iterator[Expected]:
    """Create folders so deep that the innermost cannot be opened by its path."""
    name = 200 * "d"
    folder.mkdir()
    at = os.open(folder, os.O_RDONLY)
    path = str(folder)
    for _ in range(DEEP):
        os.mkdir(name, dir_fd=at)
        inner = os.open(name, os.O_RDONLY, dir_fd=at)
        os.close(at)
        at, path = inner, f"{path}/{name}"
        if len(path) > 4095:
            yield Expected(path, "File name too long")
            break
    os.close(at)


@dataclass(frozen=True, slots=True)
class Fleeting:
    """A file that is something else by the time it is opened."""

    become: Callable[[str], None]
    reason: str
    is_folder: bool = False


def _pipe(path: str) -> None:
    Path(path).unlink()
    os.mkfifo(path)


def _link(path: str) -> None:
    Path(path).unlink()
    Path(path).symlink_to("/etc/passwd")


def _folder(path: str) -> None:
    Path(path).unlink()
    Path(path).mkdir()


def _nothing(path: str) -> None:
    (Path(path) / "inside.txt").unlink()
    Path(path).rmdir()


def _binary(path: str) -> None:
    Path(path).write_bytes(100 * b"\0")


FLEETING = {
    "vanishes.txt": Fleeting(os.unlink, "cannot be opened: No such file"),
    "becomes-a-pipe.txt": Fleeting(_pipe, "a FIFO"),
    "becomes-a-link.txt": Fleeting(_link, "cannot be opened: Too many levels"),
    "becomes-a-folder.txt": Fleeting(_folder, "a folder"),
    "becomes-binary.txt": Fleeting(_binary, "binary"),
    "becomes-huge.txt": Fleeting(lambda path: os.truncate(path, 1 << 36), "over the limit"),
    "vanishing": Fleeting(_nothing, "cannot be opened: No such file", is_folder=True),
}
