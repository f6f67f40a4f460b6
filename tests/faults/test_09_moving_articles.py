"""Articles that are edited while questions are asked: no stale quote is shown as if it stood."""

import subprocess
import sys
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from operator import itemgetter
from pathlib import Path

import msgspec
import pytest

from index.articles import files as articles
from index.articles.files import Contents, Root, Skipped, read
from index.storage.catalog import Catalog, StoredArticle
from qa.answers import Answered, Citation, Reply, Status
from qa.bot import Bot
from qa.lookup import look_up
from tests.faults.asker import FewSentences
from tests.faults.asking import ROOT
from tests.faults.conftest import Battery, Figure
from tests.faults.editor import Entry, Job
from tests.faults.soundness import article
from tests.faults.standing import stands
from tests.qa.fakes import Library, QuickEncoder

SMALL, LARGE = 300, 10_000
_ARTICLES = 4


@dataclass
class Journal:
    """What the editor tells of its edits."""

    path: Path
    read: int = 0
    """Bytes."""
    told: int = 0
    """Entries."""
    begun: dict[str, list[tuple[int, Entry]]] = field(default_factory=dict)
    """By file: what was put in its place, each with how many entries were told by then."""
    done: dict[str, list[int]] = field(default_factory=dict)
    """By file: how many entries were told when each of them was in place."""

    def catch_up(self) -> int:
        """Read what was told since; gives how many entries there are."""
        with self.path.open("rb") as file:
            file.seek(self.read)
            data = file.read()
        whole = data[: data.rfind(b"\n") + 1]
        self.read += len(whole)
        for line in whole.splitlines():
            entry = msgspec.json.decode(line, type=Entry)
            self.told += 1
            if entry.when == "before":
                self.begun.setdefault(entry.name, []).append((self.told, entry))
            else:
                self.done.setdefault(entry.name, []).append(self.told)
        return self.told

    def between(self, name: str, first: int, last: int) -> list[Entry]:
        """Give what may have been in a file's place from one number of entries to another."""
        in_place = bisect_right(self.done[name], first) - 1
        begun = bisect_right(self.begun[name], last, key=itemgetter(0))
        return [entry for _, entry in self.begun[name][in_place:begun]]


@dataclass
class Seen:
    """How quotes were shown."""

    shown: Counter[str] = field(default_factory=Counter)
    stale: list[str] = field(default_factory=list)
    """Shown as standing where they stood at no moment of the question."""
    denied: list[str] = field(default_factory=list)
    """Shown as changed or gone although they stood there all along."""

    def __str__(self) -> str:
        shown = ", ".join(f"{count} {status}" for status, count in sorted(self.shown.items()))
        return (
            f"{len(self.stale)} stale quotes shown as standing, {len(self.denied)} standing ones "
            f"denied ({shown})"
        )


def judge(citation: Citation, possible: Sequence[Entry], seen: Seen) -> None:
    """Hold a citation against all that may have been in the file's place."""
    seen.shown[citation.status] += 1
    told = f"{citation.status} {citation.answer} of {[one.kind for one in possible]}"
    quotes = (citation.answer, citation.sentence)
    standing = [
        one.there and all(stands(quote, one.text.encode()) for quote in quotes) for one in possible
    ]
    if citation.is_current and not any(standing):
        seen.stale.append(told)
    if not citation.is_current and len(possible) == 1 and standing[0]:
        seen.denied.append(told)


@contextmanager
def editing(library: Library, seed: int) -> Iterator[Journal]:
    """Have the articles edited, and tell of it."""
    aside, journal = library.folder / "aside", library.folder / "journal"
    aside.mkdir()
    lines = [
        msgspec.json.encode(Entry(when, path.name, path.read_text("utf-8"), "as it was", True))
        for path in library.news.iterdir()
        for when in ("before", "after")
    ]
    journal.write_bytes(b"".join(line + b"\n" for line in lines))
    job = Job(str(library.news), str(aside), str(journal), seed)
    with subprocess.Popen(
        [sys.executable, "-m", "tests.faults.editor"], stdin=subprocess.PIPE, cwd=ROOT
    ) as process:
        assert process.stdin
        process.stdin.write(msgspec.json.encode(job) + b"\n")
        process.stdin.flush()
        try:
            yield Journal(journal)
        finally:
            process.stdin.close()
    assert process.returncode == 0


@pytest.fixture
def library(tmp_path: Path) -> Library:
    library = Library(tmp_path)
    for number in range(_ARTICLES):
        library.write(f"{number}.txt", article(number, 1))
    library.index()
    return library


@contextmanager
def asked(library: Library) -> Iterator[Bot]:
    """Give a bot over the library."""
    bot = Bot.from_index(library.store.open(), QuickEncoder(), FewSentences(), 0.0)
    with closing(bot):
        yield bot


def ask_while_edited(library: Library, battery: Battery, times: int) -> Seen:
    """Ask again and again while an editor is at work."""
    seen = Seen()
    with asked(library) as bot, editing(library, battery.seed) as journal:
        while journal.catch_up() < 4 * _ARTICLES:
            pass
        for number in range(times):
            before = journal.catch_up()
            reply = bot.ask(f"Ship {number % 14} of article {number % _ARTICLES} late")
            after = journal.catch_up()
            for citation in _citations(reply):
                possible = journal.between(Path(citation.file).name, before, after)
                judge(citation, possible, seen)
    return seen


def _citations(reply: Reply) -> list[Citation]:
    answers = reply.answers if isinstance(reply, Answered) else reply.rejected
    return [one for answer in answers for one in answer.citations]


def test_no_stale_quote_is_shown_as_if_it_stood(
    library: Library, battery: Battery, figure: Figure
) -> None:
    times = battery.pick(SMALL, LARGE)
    seen = ask_while_edited(library, battery, times)
    figure(f"{times} questions while articles are edited: {seen}")
    assert (seen.stale, seen.denied) == ([], [])
    assert min(seen.shown[status] for status in Status) > 0


Read = Callable[[Root, str, int], Contents | Skipped]


def trusting_times() -> Read:
    """Read a file again only where its size or time of change is another."""
    known: dict[tuple[str, int, int], Contents | Skipped] = {}

    def trusting(root: Root, relative: str, most: int) -> Contents | Skipped:
        try:
            status = Path(articles.absolute_path(root, relative)).stat()
        except OSError:
            return read(root, relative, most)
        key = (relative, status.st_size, status.st_mtime_ns)
        if key not in known:
            known[key] = read(root, relative, most)
        return known[key]

    return trusting


def reading_once() -> Read:
    """Never read a file again."""
    known: dict[str, Contents | Skipped] = {}

    def once(root: Root, relative: str, most: int) -> Contents | Skipped:
        if relative not in known:
            known[relative] = read(root, relative, most)
        return known[relative]

    return once


@pytest.mark.parametrize("naive", [trusting_times, reading_once])
def test_files_that_are_not_read_again_are_caught(
    library: Library,
    battery: Battery,
    figure: Figure,
    naive: Callable[[], Read],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("qa.citations.read", naive())
    times = battery.pick(150, 1_000)
    seen = ask_while_edited(library, battery, times)
    figure(f"planted, {naive.__name__}: {times} questions: {seen}")
    assert seen.stale


def hostile(monkeypatch: pytest.MonkeyPatch, relative: str) -> None:
    """Have the index say that every article is elsewhere."""
    honest = Catalog.article

    def elsewhere(self: Catalog, number: int) -> StoredArticle:
        stored = honest(self, number)
        return replace(stored, found=replace(stored.found, relative=relative))

    monkeypatch.setattr(Catalog, "article", elsewhere)


def shown(library: Library) -> set[Status]:
    """Ask, and tell how quotes are shown."""
    with asked(library) as bot:
        reply = bot.ask("Ship 3 of article 1 late")
    return {one.status for one in _citations(reply)}


@pytest.mark.parametrize("relative", ["../secret.txt", "{folder}/secret.txt", "in/../1.txt", ".."])
def test_an_edited_index_leads_to_no_file_outside(
    library: Library, monkeypatch: pytest.MonkeyPatch, relative: str
) -> None:
    secret = library.folder / "secret.txt"
    secret.write_bytes((library.news / "1.txt").read_bytes())
    hostile(monkeypatch, relative.format(folder=library.folder))
    assert shown(library) == {Status.GONE}


def test_a_path_that_is_believed_is_caught(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    (library.folder / "secret.txt").write_bytes((library.news / "1.txt").read_bytes())
    hostile(monkeypatch, "../secret.txt")
    monkeypatch.setattr("index.articles.files._is_beneath", lambda *_: True)
    assert Status.UNCHANGED in shown(library)


def swap_links_in(library: Library) -> Path:
    """Put links in the places of all articles, to the very same words; gives one of them."""
    elsewhere = library.folder / "elsewhere"
    elsewhere.mkdir()
    for path in list(library.news.iterdir()):
        path.rename(elsewhere / path.name)
        path.symlink_to(elsewhere / path.name)
    return library.news / "1.txt"


def test_a_link_swapped_in_is_not_followed(library: Library) -> None:
    swapped = swap_links_in(library)
    assert shown(library) == {Status.GONE}
    with closing(library.store.open()) as opened:
        told = look_up(opened.generation.catalog, str(swapped), 1, 1)
    assert (told.status, told.lines) == (Status.GONE, ())


def test_a_link_that_is_followed_is_caught(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    swap_links_in(library)
    monkeypatch.setattr("index.articles.files.os.O_NOFOLLOW", 0)
    assert Status.UNCHANGED in shown(library)
