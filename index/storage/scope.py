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
