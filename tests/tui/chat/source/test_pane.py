import threading
import unicodedata
from pathlib import Path

import pytest

from qa.answers import Citation, Status
from tests.tui.chat.source.fakes import citation
from tests.tui.chat.source.panes import (
    ARTICLE,
    HIDDEN,
    MARKUP,
    PARAGRAPH,
    SENTENCE,
    STEERING,
    Shown,
    opened,
)
from tests.tui.chat.source.panes import article as article
from tests.tui.chat.source.panes import cited as cited
from tui.chat.source import pane as source_pane
from tui.chat.source.load import Outcome, Target, load
from tui.chat.source.pane import SourcePane


async def test_a_citation_is_shown_at_its_line_with_its_words_marked(cited: Citation) -> None:
    async with opened() as shown:
        await shown.cite(cited)
        # One row of 20 is the header's; a third of the rest is above.
        assert shown.rows[6].rstrip() == "101 ┃ Yes. The mill was sold on Monday, as it turned out."
        assert shown.rows[7].rstrip() == "    │ The end."
        assert shown.header == "news/port.txt:101  The port, 8 July 2008"
        sentence, answer = shown.styled("The mill was sold on "), shown.styled("Monday")
        assert sentence == shown.styled(", as it turned out.")
        plain = shown.styled("Yes. ")
        assert plain == shown.styled("The end.")
        assert len({sentence, answer, plain}) == 3


async def test_marks_and_finds_differ_in_more_than_colour(cited: Citation) -> None:
    async with opened() as shown:
        await shown.cite(cited)
        await shown.press("slash", *"day")
        parts = ("The mill was sold on ", "Mon", "Yes. ", "Day", "day")
        styles = [shown.styled(part) for part in parts]
        looks = [(style.bold, style.underline, style.reverse) for style in styles]
        assert len(set(looks)) == len(looks)


@pytest.mark.parametrize(
    ("now", "note", "line"),
    [
        (ARTICLE, "", 101),
        ("New.\n" + ARTICLE, "moved", 102),
        (ARTICLE.replace("Monday", "Friday"), "changed", 101),
        ("Short.", "changed", 101),
    ],
    ids=["unchanged", "moved", "changed", "shorter"],
)
async def test_the_header_says_what_became_of_the_file(
    article: Path, cited: Citation, now: str, note: str, line: int
) -> None:
    article.write_bytes(now.encode())
    async with opened() as shown:
        await shown.cite(cited)
        first, *rest = shown.header.splitlines()
        assert first == f"news/port.txt:{line}  The port, 8 July 2008"
        assert len(rest) == bool(note)
        assert "".join(rest).startswith(note)
        assert ("line 102" in shown.header) == (note == "moved")
        assert any("┃" in row for row in shown.rows) == (note != "changed")


async def test_a_deleted_file_is_reported_with_what_it_said(article: Path, cited: Citation) -> None:
    article.unlink()
    async with opened() as shown:
        await shown.cite(cited)
        assert "missing" in shown.header
        assert "No such file" in shown.notice
        assert SENTENCE in shown.notice
        await shown.press("e", "slash", "f")
        assert [type(message) for message in shown.app.posted] == [SourcePane.FullScreen]


async def test_an_article_is_shown_from_its_start_without_a_citation(article: Path) -> None:
    async with opened() as shown:
        shown.pane.show_file(str(article), "news/port.txt", "The port")
        await shown.settle()
        assert shown.header == "news/port.txt  The port"
        assert shown.rows[0].startswith("  1 │ Day 0 at the port")


async def test_nothing_is_shown_after_clear(cited: Citation) -> None:
    async with opened() as shown:
        await shown.cite(cited)
        shown.pane.clear()
        await shown.settle()
        assert (shown.header, shown.notice) == ("", "")
        assert not shown.pane.view.display


async def test_an_article_opened_twice_in_a_hurry_is_at_the_cited_line(cited: Citation) -> None:
    async with opened() as shown:
        shown.pane.show(cited)
        await shown.cite(cited)
        assert any(SENTENCE in row for row in shown.words)


async def test_another_citation_of_the_same_file_is_scrolled_to(
    article: Path, cited: Citation
) -> None:
    async with opened() as shown:
        await shown.cite(cited)
        await shown.cite(citation(str(article), ARTICLE, PARAGRAPH.format(9), "nobody"))
        assert shown.rows[5].startswith(" 19 ┃ Day 9 at")


@pytest.mark.parametrize("repeat", [1, 100], ids=["short", "long"])
async def test_an_article_opened_while_the_pane_is_hidden_is_shown_later(
    tmp_path: Path, cited: Citation, repeat: int
) -> None:
    path = tmp_path / "dam.txt"
    text = f"The dam is old.\n{ARTICLE}\n" * repeat
    path.write_bytes(text.encode())
    async with opened() as shown:
        await shown.cite(cited)
        shown.pane.display = False
        await shown.pilot.pause()
        await shown.cite(citation(str(path), text, "The dam is old.", "dam"))
        shown.pane.display = True
        await shown.settle()
        assert shown.words[0].removeprefix("┃ ") == "The dam is old."


async def test_an_article_that_comes_late_is_not_shown(
    article: Path, cited: Citation, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = citation(str(article), ARTICLE, PARAGRAPH.format(9), "nobody")
    begun, held = threading.Event(), threading.Event()

    def slow(target: Target) -> Outcome:
        if target is first:
            begun.set()
            held.wait(10)
        return load(target)

    monkeypatch.setattr(source_pane, "load", slow)
    async with opened() as shown:
        shown.pane.show(first)
        while not begun.is_set():
            await shown.pilot.pause()
        shown.pane.show(cited)
        held.set()
        await shown.settle()
        assert shown.header.startswith("news/port.txt:101")
        assert any(SENTENCE in row for row in shown.words)


async def test_a_notice_is_shown_while_an_article_is_read(
    cited: Citation, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = threading.Event()

    def slow(target: Target) -> Outcome:
        held.wait(10)
        return load(target)

    monkeypatch.setattr(source_pane, "load", slow)
    monkeypatch.setattr(source_pane, "_PATIENCE", 0.001)
    async with opened() as shown:
        shown.pane.show(cited)
        while not shown.notice:
            await shown.pilot.pause()
        assert shown.header.startswith("news/port.txt:101")
        held.set()
        await shown.settle()
        assert "Monday" in " ".join(shown.words)


@pytest.mark.parametrize("status", list(Status))
async def test_the_file_as_it_is_now_counts_and_not_the_citation(
    article: Path, status: Status
) -> None:
    async with opened() as shown:
        await shown.cite(citation(str(article), ARTICLE, SENTENCE, "Monday", status))
        assert ("moved" in shown.header) == (status is Status.MOVED)
        assert any("┃" in row for row in shown.rows)


async def test_nothing_hostile_is_obeyed_wherever_it_is(tmp_path: Path) -> None:
    hostile = f"{STEERING} {MARKUP}"
    sentence = f"The mill {hostile} was sold."
    path = tmp_path / f"evil{STEERING}[red].txt"
    text = "".join(f"{hostile} line {i}\n" for i in range(40)) + f"x {sentence} y\n{hostile}"
    path.write_bytes(text.encode())
    cited = citation(str(path), text, sentence, hostile)
    nasty = Citation(
        f"news/{path.name}", cited.file, cited.status, cited.answer, cited.sentence,
        f"Title {hostile}", cited.dates,
    )  # fmt: skip
    async with opened((80, 24)) as shown:
        await shown.cite(nasty)
        await shown.press("slash", *"mill")
        assert any("␛]52;c;aGk=␇" in text and "⟨202E⟩" in text for text, _ in shown.everything)
        assert_harmless(shown)
        path.unlink()
        await shown.cite(nasty)
        assert_harmless(shown)
        assert "␛]52;c;aGk=␇" in shown.notice
        shown.pane.show_file(str(path), f"{hostile}.txt", hostile)
        await shown.settle()
        assert_harmless(shown)


def assert_harmless(shown: Shown) -> None:
    for text, style in shown.everything:
        assert not {unicodedata.category(char) for char in text} & HIDDEN, text
        assert not style.link
        assert not any("app." in str(value) for value in style.meta.values())
