"""HTML: the text that a browser shows, and which of it is the article.

What the article is, is trafilatura's judgement; all other text is kept as boilerplate, which ranks
below it. Where text is, is known from the parser of the standard library, whose lines and columns
have no limit. Nothing is run and nothing is fetched.
"""

import codecs
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import unescape
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

from index.articles.blocks import Kind
from index.articles.fields import Field
from index.articles.formats.document import DocumentWriter, ExtractedDocument
from index.articles.formats.rows import Piece, add_row
from index.articles.places import Place
from index.articles.text import NotText, Text, decode

if TYPE_CHECKING:
    from index.articles.spans import Span

_UNSEEN = frozenset("script style template head object iframe applet canvas audio video".split())
"""Elements whose text is not shown."""
_VOID = frozenset(
    """area base br col embed hr img input link meta param source track wbr basefont bgsound frame
    keygen""".split()
)
_INLINE = frozenset(
    """a abbr acronym b bdi bdo big cite code data del dfn em font i img ins kbd label map mark
    nobr q rb rp rt ruby s samp small span strike strong sub sup time tt u var wbr input button
    select output meter progress svg path g use picture source nav-link""".split()
)
"""Elements that continue a paragraph; any other begins and ends one."""
_KINDS = {
    "li": Kind.ITEM, "dt": Kind.ITEM, "dd": Kind.ITEM, "blockquote": Kind.QUOTE, "pre": Kind.CODE,
    **{f"h{level}": Kind.HEADING for level in range(1, 7)},
}  # fmt: skip
_LISTS = frozenset({"ul", "ol", "dl", "menu"})
_CELLS = frozenset({"td", "th"})
_ASIDE = frozenset({"nav", "footer", "aside", "form", "button", "noscript", "select", "dialog"})
"""Elements whose text is not the article's, whatever trafilatura says of alike text."""
_CLOSED_BY = {
    "p": frozenset({"p"}), "li": frozenset({"li", "p"}), "dt": frozenset({"dt", "dd", "p"}),
    "dd": frozenset({"dt", "dd", "p"}), "tr": frozenset({"tr", "td", "th", "p"}),
    "td": frozenset({"td", "th", "p"}), "th": frozenset({"td", "th", "p"}),
    "option": frozenset({"option"}),
}  # fmt: skip
"""Open elements that end where one of these begins, though no tag says so."""
_SCOPES = frozenset({"table", "ul", "ol", "dl", "body", "html", "td", "th", "blockquote", "div"})
"""Elements that none of those ends beyond."""
_MAX_DEPTH = 512
"""Open elements; more deeply nested ones are taken for their parents, as browsers do."""
_SPACE = re.compile(r"[ \t\n\r\f]+")
_SPACES = re.compile(r"\A[ \t\n\r\f]+|[ \t\n\r\f]+\Z|[ \t\n\r\f]{2,}|[\t\n\r\f]")
"""What is shown as one blank, or not at all; a blank between two words stays as it is."""
_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9_:.-]{1,40})""", re.I)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_PROBE = 4096
_SHORT = 60
"""Letters and digits; a shorter block is the article's only if trafilatura has it as a line."""
_NOT_WORD = re.compile(r"[\W_]+")


def read(data: bytes) -> ExtractedDocument | NotText:
    """Read a web page."""
    text = decode_html(data)
    return text if isinstance(text, NotText) else read_html(text.text)


def decode_html(data: bytes) -> Text | NotText:
    """Decode a page: by its byte order mark, else as it declares, else as any other text."""
    declared = _CHARSET.search(data, 0, _PROBE)
    has_mark = data.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    if declared and not has_mark:
        name = declared[1].decode("ascii").lower()
        name = "windows-1252" if name in ("iso-8859-1", "latin1", "us-ascii") else name
        try:
            if not codecs.lookup(name).name.startswith(("utf-8", "utf-16", "utf-32")):
                return Text(data.decode(name, errors="replace"), "utf-8", 0)
        except (LookupError, ValueError):  # no such encoding, or one of bytes to bytes
            pass
    return decode(data)


def read_html(source: str) -> ExtractedDocument | NotText:
    """Read the source of a web page."""
    blocks = html_blocks(source)
    article = article_of(source)
    writer = DocumentWriter(list(article.facts), article.title)
    add_blocks(writer, blocks, article.holds)
    return writer.document()


@dataclass
class HtmlBlock:
    """A block of a page, and the elements that it is in."""

    pieces: list[Piece]
    kind: Kind
    level: int
    is_aside: bool
    is_cell: bool = False
    begins_row: bool = False
    is_header: bool = False
    begins_table: bool = False
    is_term: bool = False
    """Whether it is the term above a description."""

    @property
    def text(self) -> str:
        """Its text."""
        return "".join(text for text, _ in self.pieces)


def html_blocks(
    source: str, line: int = 1, column: int = 1, chapter: str | None = None
) -> list[HtmlBlock]:
    """Return the blocks of the source of a page, which begins at a line and column of its file."""
    parser = _Parser(source, line, column, chapter)
    return parser.blocks()


class _Parser(HTMLParser):
    """Collects the text that is shown, block by block."""

    def __init__(self, source: str, line: int, column: int, chapter: str | None) -> None:
        super().__init__(convert_charrefs=False)
        self._source = source
        self._first = line, column
        self._chapter = chapter
        self._open: list[tuple[str, bool]] = []
        """The elements that are open, and whether their text is hidden."""
        self._unseen = 0
        """How many of them are hidden."""
        self._asides = 0
        self._pre = 0
        self._found: list[HtmlBlock] = []
        self._pieces: list[Piece] = []
        self._row = self._table = False
        """Whether a row, or a table, has begun since the last block."""

    def blocks(self) -> list[HtmlBlock]:
        """Parse everything."""
        self.feed(self._source)
        self.close()
        self._end_block()
        return self._found

    # What the parser calls

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open an element."""
        if tag == "br":
            self._add("\n")
            return
        self._close_implied(tag)
        if tag not in _INLINE:
            self._end_block()
        if tag in _VOID or len(self._open) >= _MAX_DEPTH:
            return
        self._row |= tag == "tr"
        self._table |= tag == "table"
        self._count(tag, is_hidden := _is_hidden(tag, dict(attrs)), 1)
        self._open.append((tag, is_hidden))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open an element that XHTML closes at once; HTML leaves it open, but for void ones."""
        self.handle_starttag(tag, attrs)
        if tag not in _VOID and self._open and self._source.lstrip().startswith("<?xml"):
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        """Close an element, with those in it that are open; a tag that closes none is nothing."""
        depth = next(
            (at for at in reversed(range(len(self._open))) if self._open[at][0] == tag), None
        )
        if tag not in _INLINE:
            self._end_block()
        if depth is None or (tag in _INLINE and self._crosses(depth)):
            return
        self._close_from(depth)

    def handle_data(self, data: str) -> None:
        """Add text."""
        if self._unseen:
            return
        line, column = self.getpos()
        if self._pre:
            for number, part in enumerate(data.split("\n")):
                if number:
                    self._pieces.append(("\n", self._place(line, column)))
                    line, column = line + 1, 0
                self._pieces.append((part.replace("\r", ""), self._place(line, column)))
            return
        at = 0
        for match in _SPACES.finditer(data):
            self._word(data[at : match.start()], line, column)
            column += match.start() - at
            self._space(line, column)
            breaks = match[0].count("\n")
            line += breaks
            column = len(match[0]) - match[0].rfind("\n") - 1 if breaks else column + len(match[0])
            at = match.end()
        self._word(data[at:], line, column)

    def handle_entityref(self, name: str) -> None:
        """Add what an entity stands for."""
        self._reference(f"&{name}")

    def handle_charref(self, name: str) -> None:
        """Add what a number stands for."""
        self._reference(f"&#{name}")

    def unknown_decl(self, data: str) -> None:
        """Add the text of a CDATA section, which only XHTML has."""
        if data.startswith("CDATA["):
            self._add(_SPACE.sub(" ", data.removeprefix("CDATA[")))

    # Text

    def _reference(self, written: str) -> None:
        said = unescape(f"{written};")
        if said.endswith(";"):  # no such entity: it is shown as it is
            said = written
        if not self._unseen:
            line, column = self.getpos()
            if said in (" ", "\n", "\t") and not self._pre:
                self._space(line, column)
            else:
                self._word(said.replace("\r", "").replace("\n", " "), line, column)

    def _add(self, text: str) -> None:
        if not self._unseen:
            if text == "\n" and self._pieces and self._pieces[-1][0] == " ":
                self._pieces.pop()
            self._pieces.append((text, self._place(*self.getpos())))

    def _word(self, text: str, line: int, column: int) -> None:
        if text:
            self._pieces.append((text, self._place(line, column)))

    def _space(self, line: int, column: int) -> None:
        if self._pieces and not self._pieces[-1][0].endswith((" ", "\n")):
            self._pieces.append((" ", self._place(line, column)))

    def _place(self, line: int, column: int) -> Place:
        """Return a place, given the parser's line from 1 and column from 0."""
        first_line, first_column = self._first
        at = column + (first_column if line == 1 else 1)
        return Place(first_line + line - 1, at, chapter=self._chapter)

    # Blocks

    def _end_block(self) -> None:
        pieces, self._pieces = self._pieces, []
        if not any(text.strip() for text, _ in pieces):
            return
        tags = [tag for tag, _ in self._open]
        kind, level = _kind_of(tags)
        is_cell = any(tag in _CELLS for tag in tags)
        self._found.append(
            HtmlBlock(
                pieces, kind, level, self._asides > 0, is_cell,
                begins_row=self._row, is_header="th" in tags, begins_table=self._table,
                is_term="dt" in tags[-3:],
            )
        )  # fmt: skip
        self._row = self._table = False

    def _close_implied(self, tag: str) -> None:
        ends = _CLOSED_BY.get(tag, frozenset())
        if tag not in _INLINE and tag not in _CLOSED_BY and tag not in _VOID:
            ends = frozenset({"p"})
        for at in reversed(range(max(0, len(self._open) - 16), len(self._open))):
            name = self._open[at][0]
            if name in ends:
                self._end_block()
                self._close_from(at)
                if name == tag:
                    return
            elif name in _SCOPES and name not in ends:
                return

    def _crosses(self, depth: int) -> bool:
        """Return whether closing an inline element would close a block inside it."""
        return any(tag not in _INLINE for tag, _ in self._open[depth + 1 :])

    def _close_from(self, depth: int) -> None:
        for tag, is_hidden in self._open[depth:]:
            self._count(tag, is_hidden, -1)
        del self._open[depth:]

    def _count(self, tag: str, is_hidden: bool, by: int) -> None:
        self._unseen += by * (tag in _UNSEEN)
        self._asides += by * (tag in _ASIDE or is_hidden)
        self._pre += by * (tag in ("pre", "textarea"))


def _is_hidden(tag: str, attributes: dict[str, str | None]) -> bool:
    """Return whether an element is written not to be shown; its text is kept as boilerplate."""
    if "hidden" in attributes:
        return tag != "html"
    return bool(_HIDDEN.search(attributes.get("style") or ""))


def _kind_of(tags: Sequence[str]) -> tuple[Kind, int]:
    """Return the kind and the level of the text in some elements, the innermost last."""
    for tag in reversed(tags):
        if tag in _CELLS:
            return Kind.ROW, 0
        if tag in _KINDS:
            kind = _KINDS[tag]
            if kind is Kind.HEADING:
                return kind, int(tag[1])
            if kind is Kind.ITEM:
                return kind, max(1, sum(one in _LISTS for one in tags))
            return kind, 1 if kind is Kind.QUOTE else 0
    return Kind.PARAGRAPH, 0


# The article in the page


@dataclass(frozen=True)
class PageArticle:
    """What trafilatura took for the article of a page."""

    title: str = ""
    facts: tuple[Field, ...] = ()
    lines: frozenset[str] | None = None
    """Letters and digits of its lines; None if it found no article."""
    letters: str = ""
    """Of all lines."""

    def holds(self, text: str, is_aside: bool) -> bool:
        """Return whether a block is the article's; any block is if there is none."""
        if self.lines is None:
            return not is_aside
        said = _letters(text)
        if said in self.lines or (len(said) > _SHORT and said in self.letters):
            return True
        return all(_letters(line) in self.lines for line in text.split("\n") if line.strip())


def article_of(source: str) -> PageArticle:
    """Return what trafilatura takes for the article of a page."""
    try:
        found = _extracted(source)
    except (RecursionError, ValueError, TypeError, AttributeError, LookupError):
        found = None  # of a page that it cannot take, all is the article
    if found is None:
        return PageArticle()
    stated = [
        ("date", found.date), ("author", found.author), ("site", found.sitename),
        ("description", found.description), ("url", found.url),
        *(("tags", tag) for tag in found.tags or ()),
    ]  # fmt: skip
    facts = tuple(Field(name, str(value)) for name, value in stated if value)
    lines = [_letters(line) for line in (found.text or "").split("\n")]
    lines = [line for line in lines if line]
    if not lines:
        return PageArticle(found.title or "", facts)
    return PageArticle(found.title or "", facts, frozenset(lines), "".join(lines))


def _extracted(source: str) -> Any:  # noqa: ANN401  its type is only known where it is installed
    import trafilatura

    return trafilatura.bare_extraction(
        source,
        include_comments=False,
        include_tables=True,
        with_metadata=True,
        fast=True,
        # A date somewhere in the text would take an import of seconds; ours are found by rule.
        date_extraction_params={"extensive_search": False, "original_date": True},
    )


def _letters(text: str) -> str:
    return _NOT_WORD.sub("", text).casefold()


# Writing the document


IsArticle = Callable[[str, bool], bool]
"""Takes the text of a block, and whether it is in an element that is not for articles."""


def add_blocks(writer: DocumentWriter, blocks: Sequence[HtmlBlock], is_article: IsArticle) -> None:
    """Add blocks to a document, the cells of a row as one; what is no article is boilerplate."""
    header: Span | None = None
    rows = list(_rows(blocks))
    for row, is_of_article in zip(rows, _of_article(rows, is_article), strict=True):
        first = row[0]
        if not first.is_cell:
            kind = first.kind if is_of_article else Kind.BOILERPLATE
            writer.add(first.pieces, kind, first.level if is_of_article else 0)
            continue
        if first.begins_table:
            header = None
        is_header = all(cell.is_header for cell in row)
        cells = [cell.pieces for cell in row]
        kind = Kind.ROW if is_of_article else Kind.BOILERPLATE
        span = add_row(writer, cells, header, is_header=is_header, kind=kind)
        header = span if is_header else header


def _of_article(rows: Sequence[list[HtmlBlock]], is_article: IsArticle) -> list[bool]:
    """Return of each row whether it is the article's, as is a heading right above such a row."""
    found = [is_article("".join(cell.text for cell in row), row[0].is_aside) for row in rows]
    for at in reversed(range(len(rows) - 1)):
        above = rows[at][0]
        if found[at + 1] and not above.is_aside and (above.kind is Kind.HEADING or above.is_term):
            found[at] = True
    return found


def _rows(blocks: Sequence[HtmlBlock]) -> Iterator[list[HtmlBlock]]:
    row: list[HtmlBlock] = []
    for block in blocks:
        if row and not (block.is_cell and row[0].is_cell and not block.begins_row):
            yield row
            row = []
        row.append(block)
    if row:
        yield row
