"""One article's bytes to what the index keeps of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from index.articles.boilerplate import boilerplate, normalised
from index.articles.files import Contents
from index.articles.metadata import FRONT_MATTER_LINES, front_matter, masthead, read_headline
from index.articles.paragraphs import Paragraph, is_heading, paragraphs
from index.articles.passages import ModelLimit, Passage, PassageSettings, embedding_text, split
from index.articles.text import Encoding, NotText, decode

_TITLE = 200
"""Code points of a title that are kept."""
_HEADING = 300
"""Code points; a longer paragraph is text, wherever it stands and whatever it ends with."""
_TITLE_SHARE = 4
"""A title taking more than one part in so many of what the model can see is not embedded."""
_MANY_LINES = 20_000
_SHORT_LINE = 16
"""Code points: over `_MANY_LINES` lines that are shorter on the average are a list, no article."""


@dataclass(frozen=True, slots=True)
class Article:
    """What the index knows of an article beside its place and its passages."""

    sha256: str
    encoding: Encoding
    line_count: int
    title: str
    """Empty where it cannot be told."""
    dates: tuple[date, ...]
    """The article's date, or nothing."""


@dataclass(frozen=True, slots=True)
class ReadArticle:
    """An article with its passages."""

    article: Article
    passages: tuple[Passage, ...]
    context: str
    """The title, where passages are embedded with it; else empty."""

    @property
    def embedded(self) -> tuple[str, ...]:
        """The text that each passage is embedded as."""
        return tuple(embedding_text(self.context, passage.text) for passage in self.passages)


def read_article(
    contents: Contents, settings: PassageSettings, limit: ModelLimit
) -> ReadArticle | NotText:
    """Decode an article, tell its headline, leave its boilerplate out, cut it into passages."""
    text = decode(contents.data)
    if isinstance(text, NotText):
        return text
    if len(text.text) < _SHORT_LINE * text.line_count and text.line_count > _MANY_LINES:
        return NotText(f"no prose: {text.line_count:,} lines, most of them of a word or two")
    top = range(1, min(text.line_count, FRONT_MATTER_LINES) + 1)
    header = front_matter([text.text[slice(*text.line_span(line))] for line in top])
    found = paragraphs(text, header.front_matter)
    words = [part.span.of(text.text) for part in found]
    plain = [normalised(one) for one in words]
    headline = read_headline(header, words, plain)
    title = headline.title[:_TITLE]
    context = title if limit.count([title])[0] <= limit.max_tokens // _TITLE_SHARE else ""
    regions, headings = _regions(found, words, plain, headline.title)
    passages = split(text, regions, headings, context, settings, limit)
    if not passages:
        # Nothing but headings, as far as could be told: then they are what the article says.
        passages = split(text, regions, frozenset(), context, settings, limit)
    if not passages:
        return NotText("no sentence to read: empty, or boilerplate only")
    return ReadArticle(
        Article(contents.sha256, text.encoding, text.line_count, title, headline.dates),
        tuple(passages),
        context,
    )


def _regions(
    found: Sequence[Paragraph], words: Sequence[str], plain: Sequence[str], title: str
) -> tuple[list[list[Paragraph]], frozenset[Paragraph]]:
    """Give the runs of paragraphs that stand together once boilerplate is out, and the headings."""
    out = boilerplate(plain)
    regions: list[list[Paragraph]] = [[]]
    for index, paragraph in enumerate(found):
        if index in out:
            regions.append([])
        else:
            regions[-1].append(paragraph)
    above = masthead(words)
    headings = frozenset(
        paragraph
        for index, (paragraph, said) in enumerate(zip(found, words, strict=True))
        if len(said) <= _HEADING and (index < above or is_heading(said) or plain[index] == title)
    )
    return [region for region in regions if region], headings
