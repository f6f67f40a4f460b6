"""What other programs ask: typed arguments, from which schemas are made and input is checked."""

from typing import TYPE_CHECKING, Annotated

import msgspec

from qa.answers import DEFAULT_ANSWERS, MAX_QUESTION_LENGTH

if TYPE_CHECKING:
    from index.storage.scope import Scope

_MOST_PATHS = 100
_MOST_CONDITIONS = 20
_MOST_TURNS = 50
_LONGEST_TEXT = 100_000
"""Code points of a text to verify."""
Path = Annotated[str, msgspec.Meta(min_length=1, max_length=4096)]
Paths = Annotated[
    list[Path],
    msgspec.Meta(
        max_length=_MOST_PATHS,
        description="Only articles at or under these paths, as results name them. Empty: all.",
    ),
]
Date = Annotated[str, msgspec.Meta(max_length=100)]
Condition = Annotated[str, msgspec.Meta(min_length=3, max_length=400)]
Words = Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_QUESTION_LENGTH)]


class Request(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"within": "in"}):
    """What every request has in common: other arguments than its own are refused."""


class Scoped(Request, frozen=True, kw_only=True):
    """A request about some of the articles."""

    within: Paths = []
    since: Annotated[
        Date,
        msgspec.Meta(
            description="Only articles of this day or later: 2011, 2011-07, 2011-07-03, last "
            "month, 3 weeks ago. Empty: any."
        ),
    ] = ""
    until: Annotated[
        Date, msgspec.Meta(description="Only articles of this day or earlier. Empty: any.")
    ] = ""
    where: Annotated[
        list[Condition],
        msgspec.Meta(
            max_length=_MOST_CONDITIONS,
            description="Only articles that state each of these of themselves, as FIELD=VALUE: "
            "author=Ada Quill, tags=harbour. Empty: all.",
        ),
    ] = []

    @property
    def scope(self) -> "Scope":
        """The articles that it is about. Raises BadRequest."""
        from qa.scope import scope_of

        return scope_of(self.within, self.since, self.until, self.where)


class Ask(Scoped, frozen=True):
    """A question to answer."""

    question: Annotated[Words, msgspec.Meta(description="The question, in English.")]
    history: Annotated[
        list[Words],
        msgspec.Meta(
            max_length=_MOST_TURNS,
            description="Earlier questions of the conversation, oldest first, to which a "
            "follow-up may refer.",
        ),
    ] = []
    top: Annotated[
        int, msgspec.Meta(ge=1, le=20, description="Maximum number of distinct answers.")
    ] = DEFAULT_ANSWERS


class Find(Scoped, frozen=True):
    """Words to find."""

    words: Annotated[
        Words,
        msgspec.Meta(description='Words that a passage must all hold; "in quotes", a phrase.'),
    ]
    exact: Annotated[
        bool, msgspec.Meta(description="Letter for letter; else any form of each word.")
    ] = False


class Show(Request, frozen=True):
    """A cited line to show."""

    path: Annotated[Path, msgspec.Meta(description="An article, as results name it.")]
    line: Annotated[int, msgspec.Meta(ge=1, description="A line, as it was cited.")] = 1
    page: Annotated[
        int | None, msgspec.Meta(description="Of a PDF, if it is one; the line is one of it.")
    ] = None
    chapter: Annotated[
        str | None, msgspec.Meta(description="Of a book, if it is one; the line is one of it.")
    ] = None
    paragraph: Annotated[
        int | None, msgspec.Meta(description="Of a document without lines, in place of a line.")
    ] = None
    around: Annotated[
        int, msgspec.Meta(ge=0, le=1000, description="Lines of context on each side.")
    ] = 2


class ListArticles(Scoped, frozen=True):
    """Which of the indexed articles to list."""

    offset: Annotated[int, msgspec.Meta(ge=0, description="Articles to leave out first.")] = 0
    limit: Annotated[
        int, msgspec.Meta(ge=1, le=1000, description="Maximum number of articles.")
    ] = 100


class Verify(Request, frozen=True):
    """A text whose quotations are looked up."""

    text: Annotated[
        str,
        msgspec.Meta(
            min_length=1,
            max_length=_LONGEST_TEXT,
            description="Markdown or plain text: passages in quotation marks, block quotes.",
        ),
    ]


class Check(Request, frozen=True):
    """A check of models, index and articles; it has no arguments."""
