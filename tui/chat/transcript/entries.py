"""The entries of the transcript: the opening, a question in each of its states, places found."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tui.jobs.async_bot import About
from tui.sessions.session import Turn

if TYPE_CHECKING:
    from qa.find import FoundArticle, Mentions


@dataclass(frozen=True, slots=True)
class Opening:
    """What is shown before the first question."""

    about: About | None = None
    """What is indexed; None until it is known."""
    questions: tuple[str, ...] = ()
    """Questions that the articles answer."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A question without a reply yet."""

    question: str
    note: str
    """Why it waits, or that it is being answered."""


@dataclass(frozen=True, slots=True)
class Matches:
    """A question without a reply yet, with the passages that match it by keywords."""

    question: str
    note: str
    articles: "tuple[FoundArticle, ...]"


@dataclass(frozen=True, slots=True)
class Failed:
    """A question that could not be asked, with the error message."""

    question: str
    message: str


@dataclass(frozen=True, slots=True)
class Found:
    """The places of some words; they are not part of the saved conversation."""

    question: str
    """As it was typed: `/find` and the words."""
    articles: "tuple[FoundArticle, ...]"
    """With the places that are shown, in order."""
    passages: int
    """All passages that were found."""
    article_count: int
    """All articles that were found."""
    left_out: int
    """Places that are not shown."""
    undated: int
    """Articles that were not searched because they have no date."""

    @classmethod
    def first(cls, question: str, found: "Mentions", limit: int) -> "Found":
        """Return what was found with at most `limit` places."""
        articles = found.articles
        left, shown = limit, []
        for article in articles:
            if left:
                shown.append(replace(article, places=article.places[:left]))
                left -= len(shown[-1].places)
        places = sum(len(article.places) for article in articles)
        passages = sum(article.passages for article in articles)
        left_out = max(0, places - limit)
        return cls(question, tuple(shown), passages, len(articles), left_out, found.undated)


Placed = Matches | Found
"""Entries that list places, by article."""
Entry = Waiting | Failed | Turn | Placed | Opening
