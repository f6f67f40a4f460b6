"""The chat's questions about an index: tried once, kept until the index changes."""

from pathlib import Path

from index.storage.scope import EVERYTHING
from qa.reader.shipped import DEFAULT_READER
from tests.tui.fakes import Shell
from tui.jobs.async_bot import IndexBot
from tui.jobs.tried_questions import TriedQuestions

MARKED = "the mayor of Lund"
"""A fake reader that marks its name."""
STATE = ("generation", "reader")


async def tried(bot: IndexBot) -> list[tuple[str, ...]]:
    return [questions async for questions in bot.try_questions()]


async def test_questions_are_tried_once_and_then_known_at_once(shell: Shell) -> None:
    shell.write("a.txt", "Vera Holm, the mayor of Lund, is 51.")
    assert shell.byline("index", "news").code == 0
    bot = IndexBot(shell.index, shell.home / "models", MARKED, 0.0, 3)
    about = await bot.about()
    assert about is not None
    assert (about.articles, about.dates, about.questions) == (1, None, ())
    assert await tried(bot) == [("Who is Vera Holm?",)]
    assert await tried(bot) == []
    again = await bot.about()
    assert again is not None
    assert again.questions == ("Who is Vera Holm?",)
    shell.write("b.txt", "The mill is old.")
    assert shell.byline("index").code == 0
    newer = await bot.about()
    assert newer is not None
    assert (newer.articles, newer.questions) == (2, ())
    await bot.close()


async def test_matches_need_no_models_and_no_turn_of_the_bot(indexed: Shell) -> None:
    bot = IndexBot(indexed.index, indexed.home / "models", DEFAULT_READER, 0.0, 3)
    found = await bot.matches("Who sold the mill?", EVERYTHING)
    assert [article.path for article in found.articles] == ["news/in/mill.txt"]
    assert indexed.models.readers == []
    await bot.close()


async def test_nothing_is_known_of_no_index(shell: Shell) -> None:
    bot = IndexBot(shell.index, shell.home / "models", DEFAULT_READER, 0.0, 3)
    assert await bot.about() is None
    await bot.close()


def test_a_damaged_or_older_file_counts_for_nothing(tmp_path: Path) -> None:
    kept = TriedQuestions(tmp_path / "cache" / "questions.json")
    assert kept.read(STATE) is None
    kept.write(STATE, ("Who?",))
    assert kept.read(STATE) == ("Who?",)
    assert kept.read((*STATE, "other")) is None
    (tmp_path / "cache" / "questions.json").write_bytes(b"{")
    assert kept.read(STATE) is None
