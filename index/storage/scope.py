"""Which articles are searched: by their paths, their dates, and what they state of themselves."""

from dataclasses import dataclass
from datetime import date

from index.articles.fields import Field


@dataclass(frozen=True, slots=True)
class Scope:
    """The articles for which every filter holds; without any filter, all."""

    within: tuple[str, ...] = ()
    """Paths: articles at or under one of them."""
    since: date | None = None
    """The first day; None without that filter. Articles without a date are left out."""
    until: date | None = None
    """The last day; None without that filter. Articles without a date are left out."""
    where: tuple[Field, ...] = ()
    """Articles that have each of these."""

    def __bool__(self) -> bool:
        return self != EVERYTHING

    @property
    def has_dates(self) -> bool:
        """Whether articles are chosen by their dates."""
        return self.since is not None or self.until is not None


EVERYTHING = Scope()
"""The scope of all articles."""


@dataclass(frozen=True, slots=True)
class Selection:
    """The articles in a scope; all if there are none in it."""

    articles: tuple[int, ...] = ()
    """Ids, in order."""
    passages: tuple[range, ...] = ()
    """Ids of their passages, in order."""
    undated: int = 0
    """Articles that are only left out because they have no date."""


ALL = Selection()
"""The selection of all articles."""
