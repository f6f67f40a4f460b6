"""Articles that are edited while questions are asked: no stale quote is shown as current."""

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
from index.storage.scope import Scope
from qa.answers import Citation, Status
from qa.bot import Bot
from qa.lookup import look_up
from tests.fakes import FakeEncoder
from tests.faults.conftest import Battery, Figure
from tests.faults.editor_worker import Entry, Job
from tests.faults.processes import ROOT
from tests.faults.quote_check import citations_of, is_at_its_position
from tests.faults.sample_index import article
from tests.qa.fakes import FewSentences, Library

SMALL, LARGE = 300, 10_000
_ARTICLES = 4


@dataclass
class Journal:
    """The editor's log of its edits."""

    path: Path
    bytes_read: int = 0
    entries: int = 0
    begun: dict[str, list[tuple[int, Entry]]] = field(default_factory=dict)
    """By file: the edits that were begun, each with the number of entries by then."""
    done: dict[str, list[int]] = field(default_factory=dict)
    """By file: the number of entries when each edit was done."""

    def catch_up(self) -> int:
        """Read new entries; return the number of all entries."""
        with self.path.open("rb") as file:
            file.seek(self.bytes_read)
            data = file.read()
        complete = data[: data.rfind(b"\n") + 1]
        self.bytes_read += len(complete)
        for line in complete.splitlines():
            entry = msgspec.json.decode(line, type=Entry)
            self.entries += 1
            if entry.when == "before":
                self.begun.setdefault(entry.name, []).append((self.entries, entry))
            else:
                self.done.setdefault(entry.name, []).append(self.entries)
        return self.entries

    def between(self, name: str, first: int, last: int) -> list[Entry]:
        """Return what a file may have contained between two numbers of entries."""
        in_place = bisect_right(self.done[name], first) - 1
        begun = bisect_right(self.begun[name], last, key=itemgetter(0))
        return [entry for _, entry in self.begun[name][in_place:begun]]


@dataclass
class Tally:
    """How quotes were shown."""

    shown: Counter[str] = field(default_factory=Counter)
    stale: list[str] = field(default_factory=list)
    """Shown as current although they were at no moment of the question."""
    denied: list[str] = field(default_factory=list)
    """Shown as changed or deleted although they were current all the time."""

    def __str__(self) -> str:
        shown = ", ".join(f"{count} {status}" for status, count in sorted(self.shown.items()))
        return (
            f"{len(self.stale)} stale quotes shown as current, {len(self.denied)} current ones "
            f"denied ({shown})"
        )


def judge(citation: Citation, possible: Sequence[Entry], tally: Tally) -> None:
    """Compare a citation with everything that the file may have contained."""
    tally.shown[citation.status] += 1
    described = f"{citation.status} {citation.answer} of {[entry.kind for entry in possible]}"
    quotes = (citation.answer, citation.sentence)
    current = [
        entry.exists and all(is_at_its_position(quote, entry.text.encode()) for quote in quotes)
        for entry in possible
    ]
    if citation.is_current and not any(current):
        tally.stale.append(described)
    if not citation.is_current and len(possible) == 1 and current[0]:
        tally.denied.append(described)


@contextmanager
def editing(library: Library, seed: int) -> Iterator[Journal]:
    """Edit the articles until the block ends; yield the journal."""
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
        [sys.executable, "-m", "tests.faults.editor_worker"], stdin=subprocess.PIPE, cwd=ROOT
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
def open_bot(library: Library) -> Iterator[Bot]:
    """Return a bot for the library."""
    bot = Bot.from_index(library.store.open(), FakeEncoder(), FewSentences(), 0.0)
    with closing(bot):
        yield bot


def ask_while_edited(library: Library, battery: Battery, times: int) -> Tally:
    """Ask repeatedly while an editor is at work."""
    tally = Tally()
    with open_bot(library) as bot, editing(library, battery.seed) as journal:
        while journal.catch_up() < 4 * _ARTICLES:
            pass
        for number in range(times):
            before = journal.catch_up()
            reply = bot.ask(f"Ship {number % 14} of article {number % _ARTICLES} late")
            after = journal.catch_up()
            for citation in citations_of(reply):
                possible = journal.between(Path(citation.file).name, before, after)
                judge(citation, possible, tally)
    return tally


def test_no_stale_quote_is_shown_as_current(
    library: Library, battery: Battery, figure: Figure
) -> None:
    times = battery.pick(SMALL, LARGE)
    tally = ask_while_edited(library, battery, times)
    figure(f"{times} questions while articles are edited: {tally}")
    assert (tally.stale, tally.denied) == ([], [])
    assert min(tally.shown[status] for status in Status) > 0


Read = Callable[[Root, str, int], Contents | Skipped]


def trusting_times() -> Read:
    """Return a reader that reads a file again only if its size or mtime has changed."""
    known: dict[tuple[str, int, int], Contents | Skipped] = {}

    def trusting(root: Root, relative: str, limit: int) -> Contents | Skipped:
        try:
            status = Path(articles.absolute_path(root, relative)).stat()
        except OSError:
            return read(root, relative, limit)
        key = (relative, status.st_size, status.st_mtime_ns)
        if key not in known:
            known[key] = read(root, relative, limit)
        return known[key]

    return trusting


def reading_once() -> Read:
    """Return a reader that never reads a file again."""
    known: dict[str, Contents | Skipped] = {}

    def once(root: Root, relative: str, limit: int) -> Contents | Skipped:
        if relative not in known:
            known[relative] = read(root, relative, limit)
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
    # A quarter of them may all be asked before an article is edited.
    times = 1_000 if battery.large else 300
    tally = ask_while_edited(library, battery, times)
    figure(f"planted, {naive.__name__}: {times} questions: {tally}")
    # A file whose time was trusted while it was changed is denied once it is as it was.
    assert tally.stale or tally.denied


def redirect_articles(monkeypatch: pytest.MonkeyPatch, relative: str) -> None:
    """Make the index claim that every article is elsewhere."""
    article_of = Catalog.article

    def elsewhere(self: Catalog, number: int) -> StoredArticle:
        stored = article_of(self, number)
        return replace(stored, found=replace(stored.found, relative=relative))

    monkeypatch.setattr(Catalog, "article", elsewhere)


def statuses(library: Library, *scope: str) -> set[Status]:
    """Ask, and return the statuses of the citations."""
    with open_bot(library) as bot:
        reply = bot.ask("Ship 3 of article 1 late", scope=Scope(scope))
    return {citation.status for citation in citations_of(reply)}


@pytest.mark.parametrize("relative", ["../secret.txt", "{folder}/secret.txt", "in/../1.txt", ".."])
def test_an_edited_index_cannot_point_to_files_outside(
    library: Library, monkeypatch: pytest.MonkeyPatch, relative: str
) -> None:
    secret = library.folder / "secret.txt"
    secret.write_bytes((library.news / "1.txt").read_bytes())
    redirect_articles(monkeypatch, relative.format(folder=library.folder))
    assert statuses(library) == {Status.GONE}


def test_a_trusted_path_is_caught(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    (library.folder / "secret.txt").write_bytes((library.news / "1.txt").read_bytes())
    redirect_articles(monkeypatch, "../secret.txt")
    monkeypatch.setattr("index.articles.files._stays_under_root", lambda *_: True)
    assert Status.UNCHANGED in statuses(library, str(library.news / "1.txt"))


def replace_by_links(library: Library) -> Path:
    """Replace all articles by links to files with the same content; return one of them."""
    elsewhere = library.folder / "elsewhere"
    elsewhere.mkdir()
    for path in list(library.news.iterdir()):
        path.rename(elsewhere / path.name)
        path.symlink_to(elsewhere / path.name)
    return library.news / "1.txt"


def test_a_link_in_place_of_an_article_is_not_followed(library: Library) -> None:
    swapped = replace_by_links(library)
    assert statuses(library) == {Status.GONE}
    with closing(library.store.open()) as opened:
        found = look_up(opened.generation.catalog, str(swapped), "1", 1)
    assert (found.status, found.lines) == (Status.GONE, ())


def test_a_link_that_is_followed_is_caught(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace_by_links(library)
    monkeypatch.setattr("index.articles.files.os.O_NOFOLLOW", 0)
    assert Status.UNCHANGED in statuses(library)
