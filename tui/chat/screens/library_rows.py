"""The rows of the library's table, and the lines above and below it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from textual.content import Content

from index.articles.files import Skipped
from tui.chat.widgets.table import Column, Row
from tui.library.contents import LibraryRoot
from tui.library.table import Entry, Order, State
from tui.output.sanitise import visible, visible_name
from tui.output.wording import day

_COLUMNS = {
    Order.TITLE: Column("Article"),
    Order.FILE: Column("File", keep_end=True),
    Order.DATE: Column("Date", 17),
    Order.LINES: Column("Lines", 9, right=True),
    Order.PASSAGES: Column("Passages", 10, right=True),
    Order.STATE: Column("Now", 14),
}
_NARROW = 100
"""Cells; narrower screens leave out some columns."""
_WIDE_ONLY = (Order.FILE, Order.LINES, Order.PASSAGES)
SKIPPED_COLUMNS = (Column("Reason"), Column("File", keep_end=True))


def orders_shown(width: int) -> list[Order]:
    """Return the columns that fit."""
    return [order for order in Order if width >= _NARROW or order not in _WIDE_ONLY]


def columns(orders: Sequence[Order], ordered_by: Order, backwards: bool) -> list[Column]:
    """Return the columns; an arrow marks the one that rows are ordered by."""
    arrow = " ▼" if backwards else " ▲"
    return [
        replace(_COLUMNS[order], heading=_COLUMNS[order].heading + arrow * (order is ordered_by))
        for order in orders
    ]


def article_row(entry: Entry, orders: Sequence[Order], marked: bool) -> Row:
    """Return the row of an article."""
    article = entry.article
    name = visible_name(article.path)
    cells = {
        Order.TITLE: ("● " if marked else "  ") + (visible(article.title or "") or name),
        Order.FILE: name,
        Order.DATE: day(article.date) if article.date else "",
        Order.LINES: f"{article.lines:,}" if entry.is_indexed else "",
        Order.PASSAGES: f"{article.passages:,}" if entry.is_indexed else "",
        Order.STATE: entry.state.value,
    }
    faint = entry.state in (State.DELETED, State.MISSING, State.NEW)
    return Row(tuple(cells[order] for order in orders), marked, faint)


def skipped_row(skipped: Skipped) -> Row:
    """Return the row of a skipped file."""
    return Row((visible(skipped.reason), visible_name(skipped.path)))


def counts_line(entries: Sequence[Entry], shown: int, marked: int) -> str:
    """Return how many articles are shown, marked, and changed since indexing."""
    if not entries:
        return "No articles yet. Press A to add a folder."
    counts = Counter(entry.state for entry in entries)
    parts = [f"{shown:,} of {len(entries):,}"]
    if marked:
        parts.append(f"{marked:,} marked")
    changes = [state for state in (State.NEW, State.CHANGED, State.DELETED) if counts[state]]
    parts += [f"{counts[state]:,} {state}" for state in changes]
    if changes:
        parts.append("R updates the index")
    return ", ".join(parts)


def folders_line(roots: Sequence[LibraryRoot]) -> Content:
    """Return the folders with their numbers of articles."""
    return Content(
        "   ".join(
            f"{visible_name(root.given)} ({root.articles:,})" + ("" if root.exists else " missing")
            for root in roots
        )
    )
