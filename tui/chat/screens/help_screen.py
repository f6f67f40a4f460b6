"""The help screen: the keys of a screen, of the focused widget and of the app."""

from inspect import cleandoc
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen, Screen
from textual.widgets import Label, Markdown, Static

from tui.chat.widgets.footer import KeysFooter


class HelpScreen(ModalScreen[None]):
    """Help for a screen."""

    CSS_PATH = "dialogs.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,f1,question_mark,q", "dismiss", "Back", id="help.back")
    ]

    def __init__(self, about: Screen[object]) -> None:
        super().__init__()
        self._help = cleandoc(getattr(about, "HELP", ""))
        self._keys = [
            (_key(about, binding), binding.tooltip or binding.description)
            for _, binding, enabled, _ in about.active_bindings.values()
            if enabled and binding.id and binding.description
        ]

    def compose(self) -> ComposeResult:
        """Lay out the help."""
        yield Label("Help", classes="title")
        with VerticalScroll():
            yield Markdown(self._help, open_links=False)
            yield Static(_table(self._keys), id="keys")
        yield KeysFooter()


def _key(about: Screen[object], binding: Binding) -> str:
    """Return a key as it is shown."""
    return about.app.get_key_display(binding)


def _table(keys: list[tuple[str, str]]) -> Content:
    merged: dict[str, list[str]] = {}
    for key, described in keys:
        merged.setdefault(described, []).append(key)
    names = {described: " ".join(found) for described, found in merged.items()}
    wide = max(map(len, names.values()), default=0)
    lines = [((f"{name:>{wide}}  ", "bold"), described) for described, name in names.items()]
    return Content("\n").join(Content.assemble(*line) for line in lines)
