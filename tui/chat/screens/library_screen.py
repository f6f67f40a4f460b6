"""The library: the indexed folders and articles, what changed, what was skipped."""

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
from index.storage.store import Store
from tui.chat.actions import complain, say
from tui.chat.screens.folder_screen import FolderScreen
from tui.chat.screens.forget_screen import ForgetScreen
from tui.chat.screens.library_rows import (
    SKIPPED_COLUMNS,
    article_row,
    columns,
    counts_told,
    folders_told,
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
    """Show an article."""

    file: str
    """Absolute path."""
    path: str
    """As answers cite it."""
    title: str


@dataclass(frozen=True, slots=True)
class LimitTo:
    """Ask only these articles; all, where there are none here."""

    paths: tuple[str, ...]
    """Absolute."""


class LibraryScreen(Screen[OpenArticle | LimitTo | None]):
    """What is indexed; gives an article to open, or what to limit the chat to."""

    CSS_PATH = "library_screen.tcss"
    HELP = """
    The articles that questions look into. **Enter** opens one. **Space** marks one, **\\*** all
    that are shown; **l** limits the chat to those marked, **c** lifts the limit. **/** filters by
    title and path. **1** to **6**, or a click on a heading, put them in order; once more turns the
    order round. **r** brings the index up to date, **a** adds a folder, **d** lets
    the index forget one, **s** shows what was
    skipped and why.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back", id="library.back", tooltip="Back to the chat"),
        Binding("slash", "filter", "Filter", id="library.filter",
                tooltip="Filter by title or path"),
        Binding("space", "mark", "Mark", id="library.mark", tooltip="Mark this article"),
        Binding("asterisk", "mark_all", "Mark all", show=False, id="library.mark-all",
                tooltip="Mark all articles that are shown, or none"),
        Binding("l", "limit", "Limit", id="library.limit",
                tooltip="Limit the chat to the marked articles"),
        Binding("c", "clear", "No limit", id="library.clear", tooltip="Ask all articles again"),
        Binding("r", "rebuild", "Rebuild", id="library.rebuild",
                tooltip="Bring the index up to date"),
        Binding("a", "add", "Add folder", id="library.add", tooltip="Index another folder"),
        Binding("d", "forget", "Forget folder", show=False, id="library.forget",
                tooltip="Let the index forget a folder; its files stay"),
        Binding("s", "skipped", "Skipped", id="library.skipped",
                tooltip="What was skipped, and why; or the articles again"),
        *(Binding(str(order.value), f"order({order.value})", f"By {order.name.lower()}",
                  show=False, id=f"library.by-{order.name.lower()}",
                  tooltip=f"Order by {order.name.lower()}; once more turns it round")
          for order in Order),
    ]  # fmt: skip

    class Rebuild(Message):
        """The index is to be brought up to date."""

    @dataclass
    class ForgetFolder(Message):
        """A folder is to be forgotten."""

        path: str

    @dataclass
    class AddFolder(Message):
        """A folder is to be indexed."""

        path: str

    def __init__(self, index: Path, within: Sequence[str] = (), max_bytes: int = MAX_BYTES) -> None:
        super().__init__()
        self.index = index
        """Folder of the index; another is shown once it is built."""
        self._within = tuple(within)
        self._max_bytes = max_bytes
        self._library = Library((), ())
        self._entries: tuple[Entry, ...] = ()
        self._shown: list[Entry] = []
        self._marked: set[str] = set()
        self._order, self._backwards = Order.TITLE, False

    def compose(self) -> ComposeResult:
        """Lay the screen out."""
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
                yield Label("", id="told", markup=False)
            with TabPane("Skipped", id="skipped-tab"):
                yield RowTable(SKIPPED_COLUMNS, id="skipped")
                yield Label("Nothing was skipped.", id="none-skipped")
        yield ProgressBar(id="progress", skipped_hint="s lists them")
        yield KeysFooter()

    def on_mount(self) -> None:
        """Show what is indexed, then look what changed."""
        self.set_focus(self.query_one("#articles"))
        self._load()

    def on_resize(self) -> None:
        """Leave columns out where there is no room for them."""
        self._list()

    # What is shown

    @on(ProgressBar.Built)
    def _built(self) -> None:
        self._load()

    @work(thread=True, exclusive=True, group="library")
    def _load(self) -> None:
        try:
            store = Store(self.index)
            library = read_library(store)
            self.app.call_from_thread(self._take, library, ())
            looked = changes(store, self._max_bytes)
            self.app.call_from_thread(self._take, library, (looked,))
        except NoIndex:
            self.app.call_from_thread(self._take, Library((), ()), ())
        except BylineError as error:
            self.app.call_from_thread(complain, self.app, error.message)

    def _take(self, library: Library, looked: Sequence[Changes]) -> None:
        if not self.is_attached:
            return
        first = not self._entries
        self._library = library
        self._entries = entries(library, looked)
        if first:
            self._marked = {one.article.file for one in self._entries if self._is_within(one)}
        self.query_one("#folders", Static).update(folders_told(library.roots))
        self._show_skipped([one for changes in looked for one in changes.skipped])
        self._list()

    def _is_within(self, entry: Entry) -> bool:
        places = [real_path(one) for one in self._within]
        file = entry.article.file
        return any(is_under(file, place) for place in places)

    def _show_skipped(self, skipped: Sequence[Skipped]) -> None:
        rows = [skipped_row(one) for one in skipped]
        self.query_one("#skipped", RowTable).show(SKIPPED_COLUMNS, len(rows), rows.__getitem__)
        self.query_one("#none-skipped").display = not rows
        label = f"Skipped ({len(rows):,})" if rows else "Skipped"
        self.query_one(TabbedContent).get_tab("skipped-tab").label = Content(label)

    @on(Input.Changed, "#filter")
    def _list(self) -> None:
        words = self.query_one("#filter", Input).value
        self._shown = ordered(filtered(self._entries, words), self._order, self._backwards)
        headed = columns(self._orders, self._order, self._backwards)
        self.query_one("#articles", RowTable).show(headed, len(self._shown), self._row)
        told = counts_told(self._entries, len(self._shown), len(self._marked))
        self.query_one("#told", Label).update(Content(told))

    @property
    def _orders(self) -> list[Order]:
        return orders_shown(self.size.width)

    def _row(self, number: int) -> Row:
        entry = self._shown[number]
        return article_row(entry, self._orders, entry.article.file in self._marked)

    # What keys do

    def action_leave(self) -> None:
        """Go back to the chat, or from the filter to the list."""
        box = self.query_one("#filter", Input)
        if box.has_focus:
            box.value = ""
            self.set_focus(self.query_one("#articles"))
        else:
            self.dismiss(None)

    def action_filter(self) -> None:
        """Go to the filter."""
        self._show_tab("articles")
        self.set_focus(self.query_one("#filter"))

    @on(Input.Submitted, "#filter")
    def _filtered(self) -> None:
        self.set_focus(self.query_one("#articles"))

    def action_skipped(self) -> None:
        """Go to what was skipped, or back to the articles."""
        now = self.query_one(TabbedContent).active
        self._show_tab("articles" if now == "skipped-tab" else "skipped")

    def _show_tab(self, name: str) -> None:
        self.query_one(TabbedContent).active = f"{name}-tab"
        self.set_focus(self.query_one(f"#{name}"))

    def action_order(self, number: int) -> None:
        """Put the articles in another order, or turn the order round."""
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
        self.dismiss(OpenArticle(article.file, article.path, article.title))

    def action_mark(self) -> None:
        """Mark the article with the cursor, or take its mark away, and go to the next."""
        table = self.query_one("#articles", RowTable)
        if table.count:
            entry = self._shown[table.cursor]
            if entry.indexed:
                self._marked ^= {entry.article.file}
            else:
                say(self.app, "It is not indexed yet; r brings the index up to date.")
            table.cursor += 1
            self._list()

    def action_mark_all(self) -> None:
        """Mark all that are shown, or take their marks away where all have one."""
        files = {one.article.file for one in self._shown if one.indexed}
        self._marked = self._marked - files if files <= self._marked else self._marked | files
        self._list()

    def action_limit(self) -> None:
        """Limit the chat to the marked articles."""
        if self._marked:
            self.dismiss(LimitTo(tuple(sorted(self._marked))))
        else:
            say(self.app, "Mark articles with space first.")

    def action_clear(self) -> None:
        """Lift the limit."""
        self.dismiss(LimitTo(()))

    def action_rebuild(self) -> None:
        """Have the index brought up to date."""
        self.post_message(self.Rebuild())

    @work(group="adding")
    async def action_add(self) -> None:
        """Have another folder indexed."""
        path = await self.app.push_screen_wait(FolderScreen())
        if path:
            self.post_message(self.AddFolder(path))

    @work(group="forgetting")
    async def action_forget(self) -> None:
        """Have a folder forgotten, once the person has confirmed which."""
        if not self._library.roots:
            say(self.app, "Nothing is indexed yet; a adds a folder.")
            return
        path = await self.app.push_screen_wait(ForgetScreen(self._library.roots))
        if path:
            self.post_message(self.ForgetFolder(path))
