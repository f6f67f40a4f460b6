"""Whatever is in an article, a citation is what `sed -n` prints at its lines and columns."""

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
from index.storage.scope import Scope
from index.storage.store import Store
from qa.answers import Answered, Citation, Quote, Status
from qa.bot import Bot
from tests.fakes import FakeEncoder, fake_model
from tests.faults.conftest import Battery, Figure
from tests.faults.nasty import Nasty, article
from tests.faults.quote_check import citations_of, cut
from tests.qa.fakes import FewSentences

SMALL, LARGE = 500, 100_000
LIBRARY_SIZE = 250
"""Articles that are indexed at once."""


def printed(path: str, first: int, last: int) -> list[bytes]:
    """Return the lines of a file that `sed -n` prints, without LF."""
    done = subprocess.run(
        ["sed", "-n", f"{first},{last}p", path],
        capture_output=True, check=True, env=os.environ | {"LC_ALL": "C"},
    )  # fmt: skip
    return done.stdout.split(b"\n")


def is_wrong(citations: Sequence[Citation], written: Nasty) -> bool:
    """Whether one of some citations of a file is wrong; a single `sed` prints all their lines."""
    quotes = [quote for citation in citations for quote in (citation.answer, citation.sentence)]
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
class CitedLibrary:
    """Articles, and the citations of each."""

    articles: dict[str, Nasty]
    cited: dict[str, list[Citation]]

    def wrong(self) -> list[str]:
        """Return the articles that are cited wrongly, or as if they had changed."""
        return [
            path
            for path, citations in self.cited.items()
            if {citation.path for citation in citations} != {path}
            or {citation.status for citation in citations} != {Status.UNCHANGED}
            or is_wrong(citations, self.articles[path])
        ]

    @property
    def count(self) -> int:
        return sum(len(citations) for citations in self.cited.values())


def build_library(folder: Path, count: int, chance: random.Random) -> CitedLibrary:
    """Write articles, index them, and ask about each."""
    news = folder / "news"
    news.mkdir(parents=True)
    articles: dict[str, Nasty] = {}
    for number in range(count):
        path = news / f"{number:04}.txt"
        nasty = article(number, chance)
        path.write_bytes(nasty.data)
        articles[str(path)] = nasty
    store = Store(folder / "index")
    request = BuildRequest(fake_model(), (Root(str(news), str(news)),))
    *_, summary = build(store, request, FakeEncoder())
    assert isinstance(summary, Summary)
    # A few are only boilerplate.
    assert count * 0.9 < summary.articles <= count
    with closing(Bot.from_index(store.open(), FakeEncoder(), FewSentences(), 0.0)) as bot:
        return CitedLibrary(articles, ask(bot, articles))


def ask(bot: Bot, articles: dict[str, Nasty]) -> dict[str, list[Citation]]:
    """Ask about each indexed article with words that it contains."""
    cited: dict[str, list[Citation]] = {}
    for stored in bot.index.generation.catalog.articles():
        path = stored.found.path
        question = " ".join(articles[path].words) or "days"
        reply = bot.ask(question, limit=4, scope=Scope((path,)))
        assert isinstance(reply, Answered), path
        cited[path] = citations_of(reply)
    return cited


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory, battery: Battery) -> CitedLibrary:
    count = min(LIBRARY_SIZE, battery.pick(SMALL, LARGE))
    return build_library(tmp_path_factory.mktemp("fuzzed"), count, battery.chance("citations 0"))


def libraries(first: CitedLibrary, folder: Path, battery: Battery) -> Iterator[CitedLibrary]:
    """Yield libraries until there were enough articles."""
    yield first
    left = battery.pick(SMALL, LARGE) - len(first.articles)
    for number, start in enumerate(range(0, left, LIBRARY_SIZE), 1):
        chance = battery.chance(f"citations {number}")
        yield build_library(folder / "more", min(LIBRARY_SIZE, left - start), chance)
        shutil.rmtree(folder / "more")


def test_every_quote_is_what_sed_prints_at_its_position(
    library: CitedLibrary, tmp_path: Path, battery: Battery, figure: Figure
) -> None:
    wrong: list[str] = []
    articles = count = 0
    for cited in libraries(library, tmp_path, battery):
        wrong += cited.wrong()
        articles += len(cited.articles)
        count += cited.count
    figure(f"{articles} articles, {count} citations: {len(wrong)} not what `sed -n` prints")
    assert wrong == []
    assert count > 2 * articles


def test_the_articles_are_as_nasty_as_they_should_be(library: CitedLibrary) -> None:
    quotes = [citation.sentence for citations in library.cited.values() for citation in citations]
    for char in "\r\u2028\x85\x0b\x0c\x1c\t\xa0\u0301😀":
        assert any(char in quote.text for quote in quotes), f"{char!r} was never quoted"
    narrow = [path for path, nasty in library.articles.items() if nasty.codec == "windows-1252"]
    assert any(
        "é" in citation.sentence.text for path in narrow for citation in library.cited.get(path, [])
    )
    assert any(quote.end_line > quote.line for quote in quotes)
    assert any(quote.column > 5_000 for quote in quotes)
    marked = [
        path for path, nasty in library.articles.items() if nasty.data.startswith(b"\xef\xbb\xbf")
    ]
    assert any(quote.sentence.line == 1 for path in marked for quote in library.cited.get(path, []))


def by_splitlines(quote: Quote, text: str) -> Quote:
    """Return the position that `str.splitlines` gives a quote: a plausible mistake."""
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


def test_lines_counted_by_splitlines_are_caught(library: CitedLibrary, figure: Figure) -> None:
    caught = unaffected = 0
    for path, citations in list(library.cited.items())[:300]:
        text = library.articles[path].text(Path(path).read_bytes())
        placed = [
            replace(
                citation,
                answer=by_splitlines(citation.answer, text),
                sentence=by_splitlines(citation.sentence, text),
            )
            for citation in citations
        ]
        if is_wrong(placed, library.articles[path]):
            caught += 1
        else:
            # If only LF ends lines, there is no mistake.
            unaffected += 1
            assert placed == citations
    figure(f"planted, str.splitlines: {caught} of {caught + unaffected} articles cited wrongly")
    assert caught > len(library.cited) // 3
    assert unaffected > len(library.cited) // 5


@pytest.mark.parametrize(("columns", "lines"), [(1, 0), (-1, 0), (0, 1)])
def test_a_citation_that_is_off_by_one_is_caught(
    library: CitedLibrary, columns: int, lines: int
) -> None:
    for path in list(library.cited)[:50]:
        citation = library.cited[path][0]
        moved = replace(
            citation.answer,
            column=citation.answer.column + columns,
            end_column=citation.answer.end_column + columns,
            line=citation.answer.line + lines,
            end_line=citation.answer.end_line + lines,
        )
        assert is_wrong([replace(citation, answer=moved)], library.articles[path])
