"""Parse the bytes of one article into what the index stores of it."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from index.articles.blocks import Block, Kind, ended
from index.articles.dates import article_date
from index.articles.fields import Field, fields_of
from index.articles.files import Contents
from index.articles.formats.document import Document
from index.articles.formats.reading import read_document
from index.articles.metadata import marked, plain_words, title_of
from index.articles.passages import ModelLimit, Passage, PassageSettings, split
from index.articles.text import Encoding, NotText, Text

_MAX_TITLE = 200
"""Code points of a title that are kept."""
_TITLE_SHARE = 4
"""A title is not embedded if it takes more than 1 in this many of the tokens the model can see."""
_MANY_LINES = 40_000
_SHORT_LINE = 16
"""Code points; over `_MANY_LINES` lines that are shorter on average are a list, not an article.
Blank lines do not count."""


@dataclass(frozen=True, slots=True)
class Article:
    """What the index knows of an article, besides its path and its passages."""

    sha256: str
    encoding: Encoding
    line_count: int
    title: str | None
    """None if it is unknown."""
    date: dt.date | None
    """None if it is unknown."""
    fields: tuple[Field, ...] = ()
    """What it states about itself, as it is compared."""


@dataclass(frozen=True, slots=True)
class ReadArticle:
    """An article with its passages."""

    article: Article
    passages: tuple[Passage, ...]
    embedding_title: str | None
    """The title that passages are embedded with; None if they are embedded without."""
    notes: tuple[str, ...] = ()
    """What a person should know of parts that have no text."""

    @property
    def embedded(self) -> tuple[str, ...]:
        """The text that each passage is embedded as."""
        return tuple(one.embedded_with(self.embedding_title) for one in self.passages)


@dataclass(frozen=True, slots=True)
class Structure:
    """A text, what each stretch of it is, and what it says about itself."""

    blocks: tuple[Block, ...]
    title: str
    """The title that the article gives itself; empty if it gives none."""
    facts: tuple[Field, ...]
    """What the file states about itself."""

    @property
    def values(self) -> Mapping[str, str]:
        """The facts by name; of several with one name, the first."""
        return {fact.name: fact.value for fact in reversed(self.facts)}


def structure_of(document: Document) -> Structure:
    """Return the structure of a document."""
    text, outline = document.text.text, document.outline
    set_apart = Kind.BOILERPLATE if outline.knows_boilerplate else None
    apart = [block for block in outline.blocks if block.kind is set_apart]
    blocks = [block for block in outline.blocks if block.kind is not set_apart]
    plain = [plain_words(text, block) for block in blocks]
    title = title_of(text, blocks, plain, outline.title)
    blocks = [ended(text, block) for block in marked(blocks, plain, title)]
    if apart:
        blocks = sorted([*blocks, *apart], key=lambda block: block.span.start)
    return Structure(tuple(blocks), title, outline.facts)


def read_article(
    contents: Contents, settings: PassageSettings, limit: ModelLimit, path: str = ""
) -> ReadArticle | NotText:
    """Read an article by its format and split it into passages.

    `path`, below the root, gives the format, and a date if the text has none.
    """
    document = read_document(contents.data, path)
    if isinstance(document, NotText):
        return document
    text = document.text
    if _is_list(text):
        return NotText(f"a list, not prose: {text.line_count:,} lines, most of a word or two")
    structure = structure_of(document)
    title = embedding_title = structure.title[:_MAX_TITLE] or None
    if embedding_title and limit.count([embedding_title])[0] > limit.max_tokens // _TITLE_SHARE:
        embedding_title = None
    passages = split(text, structure.blocks, embedding_title, settings, limit)
    if not passages:
        return NotText("empty: no text to read")
    below = (
        block.span.of(text.text)
        for block in structure.blocks
        if block.kind is not Kind.FRONT_MATTER
    )
    date = article_date(structure.values, below, path)
    above = (block.span.of(text.text) for block in structure.blocks if block.kind is Kind.BYLINE)
    fields = fields_of(structure.facts, above)
    return ReadArticle(
        Article(contents.sha256, text.encoding, text.line_count, title, date, fields),
        tuple(passages),
        embedding_title,
        tuple(document.notes),
    )


def _is_list(text: Text) -> bool:
    if text.line_count <= _MANY_LINES:
        return False
    lines = sum(bool(line.strip()) for line in text.text.split("\n"))
    return lines > _MANY_LINES and len(text.text) < _SHORT_LINE * lines
