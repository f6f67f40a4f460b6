"""Every screen and state of the chat as a picture; `make pictures` accepts changed ones."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import count
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from index.articles.files import Skipped
from index.build.events import Progress, Stage
from qa.answers import Answer, Citation, Quote, Status, Unmentioned
from tests.tui.chat.chats import Chat, Home
from tests.tui.chat.conftest import UNCHANGED
from tests.tui.chat.replies import answer, answered, unanswered
from tui.chat.themes import LIGHT, PLAIN
from tui.jobs.async_bot import About, NothingIndexed
from tui.library.contents import Library, LibraryArticle, LibraryRoot
from tui.sessions.session import Turn
from tui.settings import ChatSettings, write_chat_settings

pytestmark = pytest.mark.slow

SIZE = (120, 40)
"""Of every state; four layouts are drawn in a smaller and a larger one too."""
SIZES = ((80, 24), SIZE, (200, 60))
SOLD = "On Monday the mill was sold to Jan Novak for two crowns."
BOUGHT = "The new owner, Jan Novak, said that he would keep every one of its nine millers."
FIRE = "Nobody was hurt when the roof of the mill caught fire in the spring of 1987."
MILL = f"""# The mill on the Elbe has a new owner

3 May 2011

The oldest mill on the river changed hands this week, after years in which nobody knew
what was to become of it. {SOLD} It had stood empty
since the flood.

{BOUGHT} “It was built in 1650,” he said, “and it has outlived
every one who ever owned it. I do not think that it will make an exception for me.”

The town had tried to sell it three times before. Each time the buyer walked away once he had
seen the cellar, in which the water stands to the knee from October until the end of April.

{FIRE}

The mill is to grind again by the autumn of next year. What it will grind is not known yet.
"""


def quote(words: str, start: int = 0) -> Quote:
    """Quote words of the article, searched from an offset."""
    before = MILL[: MILL.index(words, start)].split("\n")
    line, column = len(before), len(before[-1]) + 1
    return Quote(words, line, column, line, column + len(words) - 1)


def cited(file: Path, sentence: str, words: str, status: Status = Status.UNCHANGED) -> Citation:
    return Citation(
        path="news/mill.txt",
        file=str(file),
        status=status,
        answer=quote(words, MILL.index(sentence)),
        sentence=quote(sentence),
        title="The mill on the Elbe has a new owner",
        dates=(date(2011, 5, 3),),
    )


@dataclass(frozen=True)
class Studio:
    """Takes pictures of a chat."""

    home: Home
    compare: Callable[..., bool]

    def turn(self, question: str = "Who bought the mill?", asked: str = "") -> Turn:
        """Return a turn with two answers, the first with two citations."""
        file = self.home.article
        first = answer(cited(file, SOLD, "Jan Novak"), cited(file, BOUGHT, "Jan Novak"))
        second = Answer(0.31, (cited(file, BOUGHT, "The new owner"),))
        return answered(first, second, question=question, asked=asked)

    def perhaps(self) -> Turn:
        doubtful = Answer(0.41, (cited(self.home.article, FIRE, "Nobody"),), doubtful=True)
        turn = answered(doubtful, question="Who was hurt at the Harvest Fair in the spirng?")
        words = (Unmentioned("Harvest Fair"), Unmentioned("spirng", "spring"))
        return replace(turn, reply=replace(turn.reply, unmentioned=words))

    def refusal(self) -> Turn:
        closest = Answer(0.24, (cited(self.home.article, FIRE, "Nobody"),))
        turn = unanswered(closest, question="Who set the Old Barn on fire?")
        return replace(turn, reply=replace(turn.reply, unmentioned=(Unmentioned("Old Barn"),)))

    def take(
        self,
        *turns: Turn,
        act: Callable[[Chat], Awaitable[None]] | None = None,
        size: tuple[int, int] = SIZE,
    ) -> None:
        """Compare a chat with these turns, after `act`, with its picture."""
        session = self.home.sessions.new()
        app = self.home.app(replace(session, turns=turns))

        async def run_before(pilot: Pilot[None]) -> None:
            chat = Chat(app, pilot, self.home)
            await chat.settle()
            chat.prompt.cursor_blink = False
            if act:
                await act(chat)
                await chat.settle() if not self.home.holds_questions else await pilot.pause()
            if chat.source.display and turns:
                await chat.until(lambda: chat.source.view.display)
            for box in app.screen.query(Input):
                box.cursor_blink = False
            await pilot.pause()

        assert self.compare(app, terminal_size=size, run_before=run_before)


@pytest.fixture
def studio(
    home: Home, monkeypatch: pytest.MonkeyPatch, snap_compare: Callable[..., bool]
) -> Studio:
    monkeypatch.delenv("NO_COLOR", raising=False)
    home.article.write_text(MILL, encoding="utf-8")
    return Studio(home, snap_compare)


in_three_sizes = pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")


def test_an_empty_chat(studio: Studio) -> None:
    first, last = date(1987, 4, 2), date(2011, 5, 3)
    updated = datetime(2026, 11, 28, 14, 3)  # noqa: DTZ001
    studio.home.indexed = About(2_004, (first, last), updated)
    studio.home.answerable = (
        "Who is the mayor of Elbe Falls?",
        "When was the oldest mill on the river sold to Jan Novak?",
        "What is Eurocontrol?",
        "Who signed the treaty?",
    )
    studio.take()


def test_matches_by_keywords_while_the_models_load(studio: Studio) -> None:
    async def ask(chat: Chat) -> None:
        chat.screen.ready.clear()
        await chat.ask_without_waiting("Who bought the mill?")
        await chat.until(lambda: "keyword matches" in "".join(chat.lines))

    studio.home.holds_questions = True
    studio.take(act=ask)


@in_three_sizes
def test_an_answer_with_two_citations(studio: Studio, size: tuple[int, int]) -> None:
    studio.take(studio.turn(), size=size)


def test_further_answers_unfolded(studio: Studio) -> None:
    async def unfold(chat: Chat) -> None:
        await chat.pilot.press("tab", "up", "down", "down", "down", "enter", "up")

    studio.take(studio.turn(), act=unfold)


def test_no_confident_answer_and_the_closest_passage(studio: Studio) -> None:
    studio.take(studio.refusal())


@in_three_sizes
def test_perhaps_an_answer_and_words_that_no_article_mentions(
    studio: Studio, size: tuple[int, int]
) -> None:
    studio.take(studio.perhaps(), size=size)


def test_a_failed_question(studio: Studio) -> None:
    async def fail(chat: Chat) -> None:
        await chat.ask("What is wrong?")

    studio.take(studio.turn(), act=fail)


def test_queued_questions(studio: Studio) -> None:
    studio.home.holds_questions = True

    async def ask(chat: Chat) -> None:
        for question in ("Who sold it?", "And when was it built?"):
            chat.prompt.text = question
            await chat.pilot.press("enter")

    studio.take(studio.turn(), act=ask)


def test_a_follow_up_with_what_it_was_searched_with(studio: Studio) -> None:
    studio.take(studio.turn(), studio.turn("And who sold it?", "who sold the mill"))


def test_a_chat_limited_to_some_articles(studio: Studio) -> None:
    async def limit(chat: Chat) -> None:
        names = ("dam", "mill", "port", "x")
        chat.screen.search_within(tuple(f"news/{name}.txt" for name in names))
        await chat.ask("/since 2011")
        await chat.ask("/where author=Ada Quill")

    studio.take(studio.turn(), act=limit)


def test_a_running_build(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = count()
    monkeypatch.setattr("tui.chat.widgets.progress_bar.monotonic", lambda: next(seconds))
    studio.home.job_events = [[Progress(Stage.EMBED, done, 2_000) for done in (0, 150, 900)]]

    async def build(chat: Chat) -> None:
        await chat.pilot.press("f5")

    studio.take(studio.turn(), act=build)


def test_articles_changed_since_indexing(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    changed = replace(UNCHANGED, new=frozenset("ab"), changed=frozenset("c"))
    monkeypatch.setattr("tui.library.contents.changes", lambda *_: changed)

    async def wait(chat: Chat) -> None:
        await chat.until(lambda: chat.screen.query_one("#notice").display)

    studio.take(studio.turn(), act=wait)


def library(names: Sequence[str]) -> Library:
    articles = [
        LibraryArticle(
            file=f"/home/ann/news/{name}.txt",
            path=f"news/{name}.txt",
            title=f"The {name} has a new owner, and the town wonders what will become of it",
            date=date(2011, 5, number),
            lines=20 * number,
            passages=3 * number,
            size=1_000,
        )
        for number, name in enumerate(names, 1)
    ]
    return Library((LibraryRoot("news", "/home/ann/news", len(articles), True),), tuple(articles))


@in_three_sizes
def test_the_library(
    studio: Studio, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ("bridge", "dam", "ferry", "inn", "mill", "port", "school")
    found = replace(
        UNCHANGED,
        new=frozenset(["/home/ann/news/tower.txt"]),
        changed=frozenset(["/home/ann/news/dam.txt"]),
        skipped=(Skipped("news/plan.pdf", "not a format that Byline reads"),),
    )
    monkeypatch.setattr("tui.chat.screens.library_screen.read_library", lambda _: library(names))
    monkeypatch.setattr("tui.chat.screens.library_screen.changes", lambda *_: found)

    async def open_library(chat: Chat) -> None:
        await chat.pilot.press("ctrl+l")
        await chat.settle()
        await chat.pilot.press("down", "space")

    studio.take(act=open_library, size=size)


@in_three_sizes
def test_the_welcome(studio: Studio, size: tuple[int, int]) -> None:
    studio.home.states = [NothingIndexed()]
    studio.take(size=size)


def test_earlier_conversations(studio: Studio) -> None:
    for number, question in enumerate(("Who bought the mill?", "When did the dam break?")):
        turn = replace(studio.turn(question), at=f"2026-11-2{number}T12:00:00+01:00")
        studio.home.sessions.append(f"2026112{number}-110000-000000-abcd", turn)

    async def open_sessions(chat: Chat) -> None:
        await chat.pilot.press("ctrl+t")

    studio.take(studio.turn(), act=open_sessions)


def test_help_about_the_chat(studio: Studio) -> None:
    async def open_help(chat: Chat) -> None:
        await chat.pilot.press("tab", "f1")

    studio.take(studio.turn(), act=open_help)


async def _full_screen(chat: Chat) -> None:
    await chat.pilot.press("tab", "enter")
    await chat.pilot.pause()
    await chat.pilot.press("f")


@in_three_sizes
def test_the_article_in_full_screen(studio: Studio, size: tuple[int, int]) -> None:
    studio.take(studio.turn(), act=_full_screen, size=size)


def test_words_found_in_the_article(studio: Studio) -> None:
    async def find(chat: Chat) -> None:
        await _full_screen(chat)
        await chat.pilot.press("slash", *"mill")

    studio.take(studio.turn(), act=find)


@pytest.mark.parametrize("theme", [LIGHT.name, PLAIN.name])
def test_the_other_themes(studio: Studio, theme: str) -> None:
    write_chat_settings(studio.home.path / "config" / "chat.json", ChatSettings(theme))
    studio.take(studio.turn(), studio.refusal())
