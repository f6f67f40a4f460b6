"""The dialog that asks for a folder: a tree, or a typed path."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from rich.text import Text, TextType
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Button, DirectoryTree, Input, Label, Tree
from textual.widgets.directory_tree import DirEntry

from index.articles.paths import expanded
from tui.chat.widgets.footer import KeysFooter
from tui.chat.widgets.safe_input import VISIBLE
from tui.output.sanitise import visible_name


class FolderTree(DirectoryTree):
    """Folders without hidden ones; Enter chooses, the arrows open and close."""

    ICON_NODE = "▸ "
    ICON_NODE_EXPANDED = "▾ "
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", "Choose", show=False, id="folders.choose"),
        Binding("right", "open", "Open", show=False, id="folders.open"),
        Binding("left", "close", "Close", show=False, id="folders.close"),
    ]

    @dataclass
    class Chosen(Message):
        """A folder was chosen."""

        path: Path

    def filter_paths(self, paths: Iterable[Path]) -> Iterable[Path]:
        """Drop files and hidden folders."""
        return [path for path in paths if path.name[:1] != "." and self._safe_is_dir(path)]

    def process_label(self, label: TextType) -> Text:
        """Show a name with hostile characters made visible."""
        return Text(visible_name(str(label)), no_wrap=True)

    def action_choose(self) -> None:
        """Choose the folder under the cursor."""
        node = self.cursor_node
        if node and node.data:
            self.post_message(self.Chosen(node.data.path))

    def action_open(self) -> None:
        """Expand the folder."""
        if self.cursor_node:
            self.cursor_node.expand()

    def action_close(self) -> None:
        """Collapse the folder, or move to its parent."""
        node = self.cursor_node
        if node is self.root:
            self.path = Path(self.path).parent
        elif node and node.is_expanded:
            node.collapse()
        elif node and node.parent:
            self.move_cursor(node.parent)


class FolderScreen(ModalScreen[str | None]):
    """Asks for a folder; returns its path, None if cancelled."""

    CSS_PATH = "folder_screen.tcss"
    HELP = """
    Choose the folder with your articles: plain text and Markdown are read, in subfolders too.
    **Right** opens a folder, **left** closes it, **Enter** chooses it. Or type a path; **~** is
    your home folder.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back", id="folder.back", tooltip="Cancel"),
        Binding("slash", "type", "Type a path", id="folder.type", tooltip="Type the path"),
        Binding("f1,question_mark", "app.help", "Help", id="folder.help"),
    ]

    def __init__(self, start: Path | None = None) -> None:
        super().__init__()
        self._start = start or Path.home()
        self._highlighted = self._start

    def compose(self) -> ComposeResult:
        """Lay out the dialog."""
        yield Label("Which folder are your articles in?", classes="title")
        yield FolderTree(self._start, id="tree")
        yield Input(placeholder="or type a path", id="path", highlighter=VISIBLE)
        yield Label("", id="message", markup=False)
        with Horizontal(id="buttons"):
            yield Button("Index this folder", variant="primary", id="choose")
            yield Button("Cancel", id="cancel")
        yield KeysFooter()

    def on_mount(self) -> None:
        """Focus the tree."""
        self.query_one(FolderTree).focus()

    @on(Tree.NodeHighlighted)
    def _node_highlighted(self, highlighted: Tree.NodeHighlighted[DirEntry]) -> None:
        assert highlighted.node.data
        self._highlighted = highlighted.node.data.path
        self.query_one(Input).value = visible_name(str(self._highlighted))

    @on(FolderTree.Chosen)
    def _chosen(self, chosen: FolderTree.Chosen) -> None:
        self._choose(str(chosen.path))

    @on(Input.Submitted)
    @on(Button.Pressed, "#choose")
    def _typed(self) -> None:
        typed = self.query_one(Input).value
        shown = visible_name(str(self._highlighted))
        self._choose(str(self._highlighted) if typed == shown else typed)

    @on(Button.Pressed, "#cancel")
    def action_leave(self) -> None:
        """Cancel."""
        self.dismiss(None)

    def action_type(self) -> None:
        """Focus the path."""
        self.set_focus(self.query_one(Input))

    def _choose(self, path: str) -> None:
        if path and expanded(path).exists():
            self.dismiss(path)
        else:
            message = f"No such folder: {visible_name(path)}" if path else "Type a path"
            self.query_one("#message", Label).update(Content(message))
