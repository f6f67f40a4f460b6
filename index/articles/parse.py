"""Parse the bytes of one article into what the index stores of it."""

import datetime as dt
from dataclasses import dataclass
from pathlib import PurePosixPath

from index.articles.blocks import Block, Kind, ended
from index.articles.dates import article_date
from index.articles.fields import Field, fields_of
from index.articles.files import Contents
from index.articles.front_matter import MAX_LINES as FRONT_MATTER_LINES
from index.articles.front_matter import FrontMatter, front_matter
from index.articles.markdown import MAX_LINES, SUFFIXES, read_markdown
from index.articles.metadata import front_matter_blocks, marked, plain_words, title_of
from index.articles.passages import ModelLimit, Passage, PassageSettings, split
from index.articles.plain_text import read_plain_text
from index.articles.text import Encoding, NotText, Text, decode

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
    front_matter: FrontMatter


def structure_of(text: Text, path: str = "") -> Structure:
    """Return the structure of a decoded article; its path says whether it is Markdown."""
    count = min(text.line_count, FRONT_MATTER_LINES)
    top = [text.text[slice(*text.line_span(line))] for line in range(1, count + 1)]
    matter = front_matter(top)
    is_markdown = PurePosixPath(path).suffix.lower() in SUFFIXES and text.line_count <= MAX_LINES
    read = read_markdown if is_markdown else read_plain_text
    blocks = [*front_matter_blocks(text, matter), *read(text, matter.lines)]
    plain = [plain_words(text.text, block) for block in blocks]
    title = title_of(text.text, blocks, plain, matter.title)
    blocks = [ended(text.text, block) for block in marked(blocks, plain, title)]
    return Structure(tuple(blocks), title, matter)


def read_article(
    contents: Contents, settings: PassageSettings, limit: ModelLimit, path: str = ""
) -> ReadArticle | NotText:
    """Decode an article, read its structure and split it into passages.

    `path`, below the root, gives the format, and a date if the text has none.
    """
    text = decode(contents.data)
    if isinstance(text, NotText):
        return text
    if _is_list(text):
        return NotText(f"a list, not prose: {text.line_count:,} lines, most of a word or two")
    structure = structure_of(text, path)
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
    date = article_date(structure.front_matter.values, below, path)
    above = (block.span.of(text.text) for block in structure.blocks if block.kind is Kind.BYLINE)
    fields = fields_of(structure.front_matter.facts, above)
    return ReadArticle(
        Article(contents.sha256, text.encoding, text.line_count, title, date, fields),
        tuple(passages),
        embedding_title,
    )


def _is_list(text: Text) -> bool:
    if text.line_count <= _MANY_LINES:
        return False
    lines = sum(bool(line.strip()) for line in text.text.split("\n"))
    return lines > _MANY_LINES and len(text.text) < _SHORT_LINE * lines
