"""The current generation of an index, and the bot that answers from it."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from index.storage.generation import Generation
    from index.storage.store import OpenIndex, Store
    from qa.bot import Bot


class CurrentIndex:
    """An index that is opened when first used, and again whenever a newer one is published.

    Its models are loaded by the first question. Use it in one thread at a time.
    """

    def __init__(
        self,
        find_store: "Callable[[], Store]",
        model_cache: Path,
        reader: str,
        threshold: float | None,
        budget: float | None = None,
    ) -> None:
        """`find_store` is asked each time; `threshold` and `budget` are those of `Bot.open`."""
        self.store = find_store
        self.model_cache = model_cache
        self.reader = reader
        self._threshold = threshold
        self._budget = budget
        self._opened: tuple[Store, OpenIndex] | None = None
        """None while no index is open."""
        self._bot: Bot | None = None
        """None until there is a question."""

    def generation(self) -> "Generation":
        """Return the generation that is current now. Raises NoIndex or IndexDamaged."""
        return self._current().generation

    def bot(self) -> "Bot":
        """Return a bot over the current generation. Raises as `Bot.open` does."""
        from qa.bot import Bot

        index = self._current()
        if self._bot is None:
            self._bot = Bot.over(
                index,
                self.model_cache,
                self.reader,
                self._threshold,
                lambda _: None,
                budget=self._budget,
            )
        return self._bot

    def close(self) -> None:
        """Close the index; it is opened again when used."""
        if self._opened is not None:
            self._opened[1].close()
        self._opened = self._bot = None

    def _current(self) -> "OpenIndex":
        store = self.store()
        if self._opened is not None and self._opened[0] == store:
            index = self._opened[1]
            return index if index.name == store.current() else self._newer(store, index)
        self.close()
        self._opened = store, store.open()
        return self._opened[1]

    def _newer(self, store: "Store", older: "OpenIndex") -> "OpenIndex":
        """Open a newer generation; the models stay loaded unless it was built with another one."""
        newer = store.open()
        self._bot = self._bot and self._bot.over_newer(newer)
        self._opened = store, newer
        older.close()
        return newer
