"""Marks inside a paragraph, and what is read in their place."""

import re
import unicodedata
from collections.abc import Iterator

from index.articles.blocks import Edit, ordered, unescaped
from index.articles.spans import Span

_MARKDOWN = re.compile(
    r"(?P<code>(?P<ticks>`{1,3})(?P<inside>[^`\n]{1,400})(?P=ticks)(?!`))|"
    r"(?P<escape>\\)(?=[!-/:-@\[-`{-~])(?P<escaped>.)|"
    r"(?P<auto><(?P<target>(?:https?|mailto|ftp):[^<>\s]{1,500}|[\w.+-]{1,64}@[\w.-]{1,100})>)|"
    r"(?P<tag></?[A-Za-z][^<>\n]{0,300}>)|"
    r"(?P<image>!\[\[[^\[\]\n]{1,300}\]\])|"
    r"(?P<wiki>\[\[(?P<page>[^\[\]|\n]{1,300}\|)?[^\[\]|\n]{1,300}\]\])|"
    r"(?P<note>\[\^[^\[\]\s]{1,60}\]:?)|"
    r"(?P<link>!?\[(?P<said>(?:[^\[\]\n]|\n(?!\n)){0,400})\](?P<to>\((?:[^()\s]|\([^()\s]{0,200}\))"
    r"{0,500}(?:\s+[\"'(][^\"\n]{0,200}[\"')])?\)|\[[^\[\]\n]{1,100}\]))|"
    r"(?P<entity>&(?:\#\d{1,6}|\#[xX][0-9a-fA-F]{1,5}|[A-Za-z][A-Za-z0-9]{1,24});)|"
    r"(?P<emphasis>(?<![\w*])\*{1,3}(?=[^\s*])|(?<=[^\s*])\*{1,3}(?![\w*])|(?<=\w)\*\*(?=\w)|"
    r"(?<!\w)_{1,3}(?=[^\s_])|(?<=[^\s_])_{1,3}(?!\w)|~~(?=\S)|(?<=\S)~~|"
    r"(?<![=\w])==(?=\w)|(?<=\w)==(?![=\w]))",
    re.DOTALL,
)
_COMMENTS = (("<!--", "-->"), ("%%", "%%"))
_MARKS = "[]*_`<&\\~=%!"
_MARK = re.compile(r"[\[*_`<&\\~=%]")
"""A code point that each mark and each comment has."""
_LARGE = 64 * 1024
_TOO_MANY = 16
"""A text of more than `_LARGE` code points is read as it is if more than one in this many of them
is a mark: it is hardly Markdown, and would take seconds."""
_KEPT_HYPHEN = frozenset(
    """twenty thirty forty fifty sixty seventy eighty ninety half self co non semi anti ex mid vice
    well ill so two three four five six seven eight nine ten all cross left right north south east
    west anglo franco""".split()
)
"""First parts of words that are written with a hyphen wherever they are broken."""
_BROKEN_WORD = re.compile(
    r"(?<=[^\W\d_])(?P<hyphen>[-‐])[ \t\r]{0,4}\n[ \t]{0,40}(?!(?:and|or|to)\b)(?=[a-zß-ÿ])"
)
"""Not of short- and long-range missiles."""
_FIRST_PART = re.compile(r"[^\W\d_]{1,30}$")
_TYPOGRAPHY = re.compile("\u00ad|[\ufb00-\ufb06]")


def is_dense(text: str) -> bool:
    """Return whether a text has too many marks for them to be Markdown's."""
    if len(text) <= _LARGE:
        return False
    return _TOO_MANY * sum(text.count(mark) for mark in _MARKS) > len(text)


def _comments(text: str, span: Span) -> Iterator[Edit]:
    for opener, closer in _COMMENTS:
        at = span.start
        while (start := text.find(opener, at, span.end)) != -1:
            end = text.find(closer, start + len(opener), span.end)
            if end == -1:
                break
            at = end + len(closer)
            yield Edit(start, at)


def markdown_edits(text: str, span: Span) -> Iterator[Edit]:
    """Yield what is read in place of the inline marks of Markdown in a span."""
    for match in _MARKDOWN.finditer(text, span.start, span.end):
        yield from _edits_of(text, match)


def _edits_of(text: str, match: re.Match[str]) -> Iterator[Edit]:
    start, end = match.span()
    match _kind(match):
        case "code":
            yield Edit(start, match.start("inside"))
            yield Edit(match.end("inside"), end)
        case "escape":
            yield Edit(start, start + 1)
        case "auto":
            yield Edit(start, start + 1)
            yield Edit(end - 1, end)
        case "wiki":
            first = match.end("page") if match["page"] else start + 2
            yield Edit(start, first)
            yield Edit(end - 2, end)
        case "link":
            yield Edit(start, match.start("said"))
            yield from markdown_edits(text, Span(*match.span("said")))
            yield Edit(match.end("said"), end)
        case "entity":
            yield Edit(start, end, unescaped(match[0]))
        case _:
            yield Edit(start, end)


def _kind(match: re.Match[str]) -> str:
    kinds = ("code", "escape", "auto", "wiki", "link", "entity")
    return next((kind for kind in kinds if match[kind] is not None), "")


def broken_words(text: str, span: Span) -> list[Edit]:
    """Return what is read in place of soft hyphens, ligatures, and hyphens at the ends of lines."""
    found: list[Edit] = []
    if not text.isascii():
        for match in _TYPOGRAPHY.finditer(text, span.start, span.end):
            said = unicodedata.normalize("NFKC", match[0]).strip("\u00ad")
            found.append(Edit(*match.span(), said))
    if text.find("\n", span.start, span.end) == -1:
        return found
    for match in _BROKEN_WORD.finditer(text, span.start, span.end):
        before = _FIRST_PART.search(text[max(0, match.start() - 30) : match.start()])
        is_kept = before is not None and before[0].casefold() in _KEPT_HYPHEN
        found.append(Edit(match.start() + is_kept, match.end()))
    return found


def inline_edits(text: str, span: Span, is_markdown: bool) -> tuple[Edit, ...]:
    """Return all inline edits of a span, in order."""
    found = broken_words(text, span)
    if is_markdown and _MARK.search(text, span.start, span.end):
        found = [*_comments(text, span), *markdown_edits(text, span), *found]
    return ordered(found)
