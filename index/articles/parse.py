"""Parse the bytes of one article into what the index stores of it."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from index.articles.boilerplate import boilerplate, normalised
from index.articles.files import Contents
from index.articles.metadata import FRONT_MATTER_LINES, front_matter, masthead, read_metadata
from index.articles.paragraphs import Paragraph, is_heading, paragraphs
from index.articles.passages import ModelLimit, Passage, PassageSettings, embedding_text, split
from index.articles.text import Encoding, NotText, decode

_MAX_TITLE = 200
"""Code points of a title that are kept."""
_MAX_HEADING = 300
"""Code points; a longer paragraph is not a heading, wherever it is and however it ends."""
_TITLE_SHARE = 4
"""A title is not embedded if it takes more than 1 in this many of the tokens the model can see."""
_MANY_LINES = 20_000
_SHORT_LINE = 16
"""Code points; over `_MANY_LINES` lines that are shorter on average are a list, not an article."""


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
        return tuple(embedding_text(self.embedding_title, one.text) for one in self.passages)


def read_article(
    contents: Contents, settings: PassageSettings, limit: ModelLimit
) -> ReadArticle | NotText:
    """Decode an article, read its metadata, remove boilerplate and split it into passages."""
    text = decode(contents.data)
    if isinstance(text, NotText):
        return text
    if len(text.text) < _SHORT_LINE * text.line_count and text.line_count > _MANY_LINES:
        return NotText(f"a list, not prose: {text.line_count:,} lines, most of a word or two")
    top = range(1, min(text.line_count, FRONT_MATTER_LINES) + 1)
    header = front_matter([text.text[slice(*text.line_span(line))] for line in top])
    found = paragraphs(text, header.front_matter)
    words = [paragraph.span.of(text.text) for paragraph in found]
    plain = [normalised(one) for one in words]
    metadata = read_metadata(header, words, plain)
    title = metadata.title[:_MAX_TITLE] if metadata.title else None
    embedding_title = title
    if title and limit.count([title])[0] > limit.max_tokens // _TITLE_SHARE:
        embedding_title = None
    regions, headings = _regions(found, words, plain, metadata.title)
    passages = split(text, regions, headings, embedding_title, settings, limit)
    if not passages:
        # Apparently nothing but headings: then they are the text of the article.
        passages = split(text, regions, frozenset(), embedding_title, settings, limit)
    if not passages:
        return NotText("no sentence to read: empty, or boilerplate only")
    return ReadArticle(
        Article(contents.sha256, text.encoding, text.line_count, title, metadata.date),
        tuple(passages),
        embedding_title,
    )


def _regions(
    found: Sequence[Paragraph], words: Sequence[str], plain: Sequence[str], title: str | None
) -> tuple[list[list[Paragraph]], frozenset[Paragraph]]:
    """Return the runs of paragraphs between boilerplate, and the headings among them."""
    removed = boilerplate(plain)
    regions: list[list[Paragraph]] = [[]]
    for index, paragraph in enumerate(found):
        if index in removed:
            regions.append([])
        else:
            regions[-1].append(paragraph)
    above = masthead(words)
    headings = frozenset(
        paragraph
        for index, (paragraph, said) in enumerate(zip(found, words, strict=True))
        if len(said) <= _MAX_HEADING
        and (index < above or is_heading(said) or plain[index] == title)
    )
    return [region for region in regions if region], headings
