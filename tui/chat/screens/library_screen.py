"""The library: indexed folders and articles, what changed, what was skipped."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Input, Label, Static, TabbedContent, TabPane

from index.articles.files import MAX_BYTES, Skipped
from index.articles.paths import is_under, real_path
from index.changes import Changes
from index.errors import BylineError, NoIndex
from index.shards.which import store_in
from tui.chat.actions import notify, notify_error
from tui.chat.screens.folder_screen import FolderScreen
from tui.chat.screens.forget_screen import ForgetScreen
from tui.chat.screens.library_rows import (
    SKIPPED_COLUMNS,
    article_row,
    columns,
    counts_line,
    folders_line,
    orders_shown,
    skipped_row,
)
from tui.chat.widgets.footer import KeysFooter
from tui.chat.widgets.progress_bar import ProgressBar
from tui.chat.widgets.safe_input import VISIBLE
from tui.chat.widgets.table import Row, RowTable
from tui.library.contents import Library, changes, read_library
from tui.library.table import Entry, Order, entries, filtered, ordered


@dataclass(frozen=True, slots=True)
class OpenArticle:
    """The user opens an article."""

    file: str
    """Absolute path."""
    path: str
    """As in citations."""
    title: str


@dataclass(frozen=True, slots=True)
class LimitTo:
    """The user limits the chat to these articles; to none means no limit."""

    paths: tuple[str, ...]
    """Absolute."""


class LibraryScreen(Screen[OpenArticle | LimitTo | None]):
    """Shows what is indexed; returns an article to open or a limit, None if neither."""

    CSS_PATH = "library_screen.tcss"
    HELP = """
    The articles that are searched. **Enter** opens one. **Space** marks one, **\\*** all that are
    shown; **l** limits the chat to the marked articles, **c** removes the limit. **/** filters by
    title and path. **1** to **6**, or a click on a heading, sort; again reverses the order.
    **r** updates the index, **a** adds a folder, **d** removes one, **s** shows what was skipped
    and why.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back", id="library.back", tooltip="Back to the chat"),
        Binding("slash", "filter", "Filter", id="library.filter",
                tooltip="Filter by title or path"),
        Binding("space", "mark", "Mark", id="library.mark", tooltip="Mark this article"),
        Binding("asterisk", "mark_all", "Mark all", show=False, id="library.mark-all",
                tooltip="Mark or unmark all articles shown"),
        Binding("l", "limit", "Limit", id="library.limit",
                tooltip="Limit the chat to the marked articles"),
        Binding("c", "clear", "No limit", id="library.clear", tooltip="Search all articles again"),
        Binding("r", "rebuild", "Rebuild", id="library.rebuild",
                tooltip="Update the index"),
        Binding("a", "add", "Add folder", id="library.add", tooltip="Index another folder"),
        Binding("d", "forget", "Remove folder", show=False, id="library.forget",
                tooltip="Remove a folder from the index; its files stay"),
        Binding("s", "skipped", "Skipped", id="library.skipped",
                tooltip="Show skipped files with their reasons, or the articles again"),
        *(Binding(str(order.value), f"order({order.value})", f"By {order.name.lower()}",
                  show=False, id=f"library.by-{order.name.lower()}",
                  tooltip=f"Sort by {order.name.lower()}; again to reverse")
          for order in Order),
    ]  # fmt: skip

    class Rebuild(Message):
        """The user wants the index updated."""

    @dataclass
    class ForgetFolder(Message):
        """The user removes a folder from the index."""

        path: str

    @dataclass
    class AddFolder(Message):
        """The user adds a folder to the index."""

        path: str

    def __init__(self, index: Path, scope: Sequence[str] = (), max_bytes: int = MAX_BYTES) -> None:
        super().__init__()
        self.index = index
        """Folder of the index; set to another once that is built."""
        self._scope = tuple(scope)
        self._max_bytes = max_bytes
        self._library = Library((), ())
        self._entries: tuple[Entry, ...] = ()
        self._shown: list[Entry] = []
        self._marked: set[str] = set()
        self._order, self._backwards = Order.TITLE, False

    def compose(self) -> ComposeResult:
        """Lay out the screen."""
        yield Label("Library", classes="title")
        yield Static("", id="folders", markup=False)
        with TabbedContent(id="tabs"):
            with TabPane("Articles", id="articles-tab"):
                yield Input(
                    placeholder="/ filters by title or path",
                    id="filter",
                    compact=True,
                    highlighter=VISIBLE,
                )
                yield RowTable((), id="articles")
                yield Label("", id="counts", markup=False)
            with TabPane("Skipped", id="skipped-tab"):
                yield RowTable(SKIPPED_COLUMNS, id="skipped")
                yield Label("No skipped files.", id="none-skipped")
        yield ProgressBar(id="progress", skipped_hint="s lists them")
        yield KeysFooter()

    def on_mount(self) -> None:
        """Show what is indexed, then what changed."""
        self.set_focus(self.query_one("#articles"))
        self._load()

    def on_resize(self) -> None:
        """Show the columns that fit."""
        self._list()

    # Contents

    @on(ProgressBar.Built)
    @work(thread=True, exclusive=True, group="library")
    def _load(self) -> None:
        try:
            store = store_in(self.index)
            library = read_library(store)
            self.app.call_from_thread(self._show, library, None)
            found = changes(store, self._max_bytes)
            self.app.call_from_thread(self._show, library, found)
        except NoIndex:
            self.app.call_from_thread(self._show, Library((), ()), None)
        except BylineError as error:
            self.app.call_from_thread(notify_error, self.app, error.message)

    def _show(self, library: Library, found: Changes | None) -> None:
        """Show the library; `found` is None until the files have been compared."""
        if not self.is_attached:
            return
        is_first = not self._entries
        self._library = library
        self._entries = entries(library, found)
        if is_first:
            self._marked = {
                entry.article.file for entry in self._entries if self._is_in_scope(entry)
            }
        self.query_one("#folders", Static).update(folders_line(library.roots))
        self._show_skipped(found.skipped if found is not None else ())
        self._list()

    def _is_in_scope(self, entry: Entry) -> bool:
        return any(is_under(entry.article.file, real_path(path)) for path in self._scope)

    def _show_skipped(self, skipped: Sequence[Skipped]) -> None:
        rows = [skipped_row(file) for file in skipped]
        self.query_one("#skipped", RowTable).show(SKIPPED_COLUMNS, len(rows), rows.__getitem__)
        self.query_one("#none-skipped").display = not rows
        label = f"Skipped ({len(rows):,})" if rows else "Skipped"
        self.query_one(TabbedContent).get_tab("skipped-tab").label = Content(label)

    @on(Input.Changed, "#filter")
    def _list(self) -> None:
        words = self.query_one("#filter", Input).value
        self._shown = ordered(filtered(self._entries, words), self._order, self._backwards)
        shown = columns(self._orders, self._order, self._backwards)
        self.query_one("#articles", RowTable).show(shown, len(self._shown), self._row)
        counts = counts_line(self._entries, len(self._shown), len(self._marked))
        self.query_one("#counts", Label).update(Content(counts))

    @property
    def _orders(self) -> list[Order]:
        return orders_shown(self.size.width)

    def _row(self, number: int) -> Row:
        entry = self._shown[number]
        return article_row(entry, self._orders, entry.article.file in self._marked)

    # Actions

    def action_leave(self) -> None:
        """Return to the chat, or from the filter to the list."""
        box = self.query_one("#filter", Input)
        if box.has_focus:
            box.value = ""
            self.set_focus(self.query_one("#articles"))
        else:
            self.dismiss(None)

    def action_filter(self) -> None:
        """Focus the filter."""
        self._show_tab("articles")
        self.set_focus(self.query_one("#filter"))

    @on(Input.Submitted, "#filter")
    def _filtered(self) -> None:
        self.set_focus(self.query_one("#articles"))

    def action_skipped(self) -> None:
        """Show skipped files, or the articles again."""
        now = self.query_one(TabbedContent).active
        self._show_tab("articles" if now == "skipped-tab" else "skipped")

    def _show_tab(self, name: str) -> None:
        self.query_one(TabbedContent).active = f"{name}-tab"
        self.set_focus(self.query_one(f"#{name}"))

    def action_order(self, number: int) -> None:
        """Sort the articles, or reverse the order."""
        order = Order(number)
        self._backwards = order is self._order and not self._backwards
        self._order = order
        self._list()

    @on(RowTable.HeadingClicked, "#articles")
    def _heading_clicked(self, clicked: RowTable.HeadingClicked) -> None:
        self.action_order(self._orders[clicked.column].value)

    @on(RowTable.Chosen, "#articles")
    def _chosen(self, chosen: RowTable.Chosen) -> None:
        article = self._shown[chosen.row].article
        self.dismiss(OpenArticle(article.file, article.path, article.title or ""))

    def action_mark(self) -> None:
        """Mark or unmark the article under the cursor, and move to the next."""
        table = self.query_one("#articles", RowTable)
        if table.count:
            entry = self._shown[table.cursor]
            if entry.is_indexed:
                self._marked ^= {entry.article.file}
            else:
                notify(self.app, "Not indexed yet. Press R to update the index.")
            table.cursor += 1
            self._list()

    def action_mark_all(self) -> None:
        """Mark all articles shown, or unmark them if all are marked."""
        files = {entry.article.file for entry in self._shown if entry.is_indexed}
        self._marked = self._marked - files if files <= self._marked else self._marked | files
        self._list()

    def action_limit(self) -> None:
        """Limit the chat to the marked articles."""
        if self._marked:
            self.dismiss(LimitTo(tuple(sorted(self._marked))))
        else:
            notify(self.app, "Mark articles with Space first.")

    def action_clear(self) -> None:
        """Remove the limit."""
        self.dismiss(LimitTo(()))

    def action_rebuild(self) -> None:
        """Update the index."""
        self.post_message(self.Rebuild())

    @work(group="adding")
    async def action_add(self) -> None:
        """Ask for a folder, and index it."""
        path = await self.app.push_screen_wait(FolderScreen())
        if path:
            self.post_message(self.AddFolder(path))

    @work(group="forgetting")
    async def action_forget(self) -> None:
        """Ask which folder to remove, and remove it."""
        if not self._library.roots:
            notify(self.app, "No articles yet. Press A to add a folder.")
            return
        path = await self.app.push_screen_wait(ForgetScreen(self._library.roots))
        if path:
            self.post_message(self.ForgetFolder(path))
