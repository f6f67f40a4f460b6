"""What an index may answer after a build that was killed or failed."""

from dataclasses import dataclass, replace
from typing import Literal

from index.errors import NoIndex
from index.storage.store import Store
from qa.answers import Milliseconds, Reply
from qa.bot import Bot
from tests.fakes import FakeEncoder
from tests.qa.fakes import FewSentences

QUESTIONS = (
    "Ship 3 of article 2 left the port",
    "Boat 11 of article 5 left the port",
    "Who left article 20 late?",
    "It was dark.",
)
Outcome = Literal["none", "old", "new"]
Answers = tuple[Reply, ...]


def answers(store: Store) -> Answers:
    """Ask the current index all questions."""
    bot = Bot.from_index(store.open(), FakeEncoder(), FewSentences(), 0.0)
    try:
        bot.index.generation.check()
        return tuple(
            replace(bot.ask(question, limit=5), milliseconds=Milliseconds(0, 0, 0))
            for question in QUESTIONS
        )
    finally:
        bot.close()


@dataclass(frozen=True)
class Checker:
    """Finds out which index answers."""

    old: Answers | None
    """None if there was no index before."""
    new: Answers

    def outcome(self, store: Store) -> Outcome:
        """Return which index answers. Raises AssertionError if it is neither, or a mix."""
        try:
            found = answers(store)
        except NoIndex as error:
            assert self.old is None, f"the old index is missing: {error}"
            return "none"
        except BaseException as error:  # a panic of tantivy is no Exception
            raise AssertionError(f"the index cannot be asked: {error}") from error
        if found == self.new:
            return "new"
        assert found == self.old, "the answers are neither those of the old nor of the new index"
        return "old"
