"""The library's table and the lines about it, put together from its entries."""

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
"""Cells; on less there is no room for all columns."""
_WIDE_ONLY = (Order.FILE, Order.LINES, Order.PASSAGES)
SKIPPED_COLUMNS = (Column("Reason"), Column("File", keep_end=True))


def orders_shown(width: int) -> list[Order]:
    """Give what the columns hold that there is room for."""
    return [one for one in Order if width >= _NARROW or one not in _WIDE_ONLY]


def columns(orders: Sequence[Order], ordered_by: Order, backwards: bool) -> list[Column]:
    """Give the columns; the heading of the one that rows are ordered by says so."""
    arrow = " ▼" if backwards else " ▲"
    return [
        replace(_COLUMNS[one], heading=_COLUMNS[one].heading + arrow * (one is ordered_by))
        for one in orders
    ]


def article_row(entry: Entry, orders: Sequence[Order], marked: bool) -> Row:
    """Give the row of an article."""
    article = entry.article
    name = visible_name(article.path)
    cells = {
        Order.TITLE: ("● " if marked else "  ") + (visible(article.title) or name),
        Order.FILE: name,
        Order.DATE: ", ".join(day(one) for one in article.dates),
        Order.LINES: f"{article.lines:,}" if entry.indexed else "",
        Order.PASSAGES: f"{article.passages:,}" if entry.indexed else "",
        Order.STATE: entry.state.value,
    }
    faint = entry.state in (State.DELETED, State.LOST, State.NEW)
    return Row(tuple(cells[order] for order in orders), marked, faint)


def skipped_row(skipped: Skipped) -> Row:
    """Give the row of a file that was skipped."""
    return Row((visible(skipped.reason), visible_name(skipped.path)))


def counts_told(entries: Sequence[Entry], shown: int, marked: int) -> str:
    """Tell how many there are, marked, and otherwise than they were indexed."""
    if not entries:
        return "Nothing is indexed yet; a adds a folder."
    told = [f"{shown:,} of {len(entries):,}"]
    told += [f"{marked:,} marked"] * bool(marked)
    counts = dict.fromkeys(State, 0)
    for one in entries:
        counts[one.state] += 1
    news = (State.NEW, State.CHANGED, State.DELETED)
    told += [f"{counts[state]:,} {state}" for state in news if counts[state]]
    if any(counts[state] for state in news):
        told.append("r brings the index up to date")
    return ", ".join(told)


def folders_told(roots: Sequence[LibraryRoot]) -> Content:
    """Tell which folders there are, with the number of their articles."""
    told = [
        f"{visible_name(root.given)} ({root.articles:,})" + ("" if root.there else " is not there")
        for root in roots
    ]
    return Content("   ".join(told))
