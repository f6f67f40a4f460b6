"""Whatever stands in an article, a citation is what `sed -n` prints at its lines and columns."""

import os
import random
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from index.articles.files import Root
from index.build.events import Summary
from index.build.pipeline import BuildRequest, build
from index.storage.store import Store
from qa.answers import Answered, Citation, Quote, Status
from qa.bot import Bot
from tests.fakes import fake_model
from tests.faults.asker import FewSentences
from tests.faults.conftest import Battery, Figure
from tests.faults.nasty import Nasty, article
from tests.faults.standing import cut
from tests.qa.fakes import QuickEncoder

SMALL, LARGE = 2_000, 100_000
TOGETHER = 250
"""Articles that are indexed at once."""


def printed(path: str, first: int, last: int) -> list[bytes]:
    """Give the lines of a file that `sed -n` prints, their LF left out."""
    done = subprocess.run(
        ["sed", "-n", f"{first},{last}p", path],
        capture_output=True, check=True, env=os.environ | {"LC_ALL": "C"},
    )  # fmt: skip
    return done.stdout.split(b"\n")


def is_wrong(citations: Sequence[Citation], written: Nasty) -> bool:
    """Tell whether a citation of a file errs; one `sed` prints all the lines that they are on."""
    quotes = [quote for one in citations for quote in (one.answer, one.sentence)]
    first = min(quote.line for quote in quotes)
    last = max(quote.end_line for quote in quotes)
    if first < 1:
        return True
    lines = [written.text(line) for line in printed(citations[0].path, first, last)]
    return any(
        quote.end_line - first >= len(lines)
        or cut(lines[quote.line - first :], quote) != quote.text
        or quote.text != quote.text.strip()
        for quote in quotes
    )


@dataclass(frozen=True)
class Shelf:
    """All articles, and what was cited of each."""

    articles: dict[str, Nasty]
    cited: dict[str, list[Citation]]

    def wrong(self) -> list[str]:
        """Give the articles that are cited wrongly, or as if they had changed."""
        return [
            path
            for path, citations in self.cited.items()
            if {one.path for one in citations} != {path}
            or {one.status for one in citations} != {Status.UNCHANGED}
            or is_wrong(citations, self.articles[path])
        ]

    @property
    def count(self) -> int:
        return sum(len(citations) for citations in self.cited.values())


def shelve(folder: Path, count: int, source: random.Random) -> Shelf:
    """Make articles, index them, and ask of each."""
    news = folder / "news"
    news.mkdir(parents=True)
    articles: dict[str, Nasty] = {}
    for number in range(count):
        path = news / f"{number:04}.txt"
        made = article(number, source)
        path.write_bytes(made.data)
        articles[str(path)] = made
    store = Store(folder / "index")
    request = BuildRequest(fake_model(), (Root(str(news), str(news)),))
    *_, summary = build(store, request, QuickEncoder())
    assert isinstance(summary, Summary)
    # A few are boilerplate alone.
    assert count * 0.9 < summary.articles <= count
    with closing(Bot.from_index(store.open(), QuickEncoder(), FewSentences(), 0.0)) as bot:
        return Shelf(articles, ask(bot, articles))


def ask(bot: Bot, articles: dict[str, Nasty]) -> dict[str, list[Citation]]:
    """Ask of each indexed article with words that stand in it."""
    cited: dict[str, list[Citation]] = {}
    for stored in bot.index.generation.catalog.articles():
        path = stored.found.path
        question = " ".join(articles[path].words) or "days"
        reply = bot.ask(question, limit=4, scope=[path])
        assert isinstance(reply, Answered), path
        cited[path] = [one for answer in reply.answers for one in answer.citations]
    return cited


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory, battery: Battery) -> Shelf:
    count = min(TOGETHER, battery.pick(SMALL, LARGE))
    return shelve(tmp_path_factory.mktemp("fuzzed"), count, battery.chance("citations 0"))


def shelves(first: Shelf, folder: Path, battery: Battery) -> Iterator[Shelf]:
    """Yield shelves until there were as many articles as asked for."""
    yield first
    left = battery.pick(SMALL, LARGE) - len(first.articles)
    for number, start in enumerate(range(0, left, TOGETHER), 1):
        source = battery.chance(f"citations {number}")
        yield shelve(folder / "more", min(TOGETHER, left - start), source)
        shutil.rmtree(folder / "more")


def test_every_quote_is_what_sed_prints_at_its_place(
    shelf: Shelf, tmp_path: Path, battery: Battery, figure: Figure
) -> None:
    wrong: list[str] = []
    articles = count = 0
    for one in shelves(shelf, tmp_path, battery):
        wrong += one.wrong()
        articles += len(one.articles)
        count += one.count
    figure(f"{articles} articles, {count} citations: {len(wrong)} not what `sed -n` prints")
    assert wrong == []
    assert count > 2 * articles


def test_the_articles_are_as_nasty_as_they_should_be(shelf: Shelf) -> None:
    quotes = [one.sentence for citations in shelf.cited.values() for one in citations]
    for char in "\r\u2028\x85\x0b\x0c\x1c\t\xa0\u0301😀":
        assert any(char in quote.text for quote in quotes), f"{char!r} was never quoted"
    narrow = [path for path, one in shelf.articles.items() if one.codec == "windows-1252"]
    assert any("é" in one.sentence.text for path in narrow for one in shelf.cited.get(path, []))
    assert any(quote.end_line > quote.line for quote in quotes)
    assert any(quote.column > 5_000 for quote in quotes)
    marked = [path for path, one in shelf.articles.items() if one.data.startswith(b"\xef\xbb\xbf")]
    assert any(quote.sentence.line == 1 for path in marked for quote in shelf.cited.get(path, []))


def by_splitlines(quote: Quote, text: str) -> Quote:
    """Place a quote as `str.splitlines` would: a plausible mistake."""
    starts = [0]
    for line in text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    offset = starts[quote.line - 1] + quote.column - 1
    before = (text[:offset] + "x").splitlines()
    height = len(quote.text.splitlines()) - 1
    width = len(quote.text.splitlines()[-1])
    column = len(before[-1])
    end = width if height else column + width - 1
    return replace(quote, line=len(before), column=column, end_line=len(before) + height,
                   end_column=end)  # fmt: skip


def test_lines_that_splitlines_counts_are_caught(shelf: Shelf, figure: Figure) -> None:
    caught = unharmed = 0
    for path, citations in list(shelf.cited.items())[:300]:
        text = shelf.articles[path].text(Path(path).read_bytes())
        placed = [
            replace(
                one,
                answer=by_splitlines(one.answer, text),
                sentence=by_splitlines(one.sentence, text),
            )
            for one in citations
        ]
        if is_wrong(placed, shelf.articles[path]):
            caught += 1
        else:
            # Where nothing but LF ends a line the mistake is none.
            unharmed += 1
            assert placed == citations
    figure(f"planted, str.splitlines: {caught} of {caught + unharmed} articles cited wrongly")
    assert caught > 100
    assert unharmed > 50


@pytest.mark.parametrize(("columns", "lines"), [(1, 0), (-1, 0), (0, 1)])
def test_a_citation_that_is_off_by_one_is_caught(shelf: Shelf, columns: int, lines: int) -> None:
    for path in list(shelf.cited)[:50]:
        one = shelf.cited[path][0]
        moved = replace(
            one.answer,
            column=one.answer.column + columns,
            end_column=one.answer.end_column + columns,
            line=one.answer.line + lines,
            end_line=one.answer.end_line + lines,
        )
        assert is_wrong([replace(one, answer=moved)], shelf.articles[path])
