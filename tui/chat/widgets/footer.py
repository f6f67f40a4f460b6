"""The footer: as many of the keys that matter here as there is room for, whole."""

from textual.app import ComposeResult
from textual.widgets import Footer
from textual.widgets._footer import FooterKey

_BEFORE_OTHERS = frozenset({"help", "app.help", "app.command_palette"})
"""Actions whose keys are never left out for others; they lead to all that are."""
_PADDING = 3
"""Cells that a key takes beside its name and what it does."""


class KeysFooter(Footer):
    """Shows keys in their order, and leaves out those for which there is no room."""

    def compose(self) -> ComposeResult:
        """Lay out the keys that fit."""
        keys = [one for one in super().compose() if isinstance(one, FooterKey)]
        room = self.size.width or self.app.size.width
        fitting = set()
        for key in sorted(keys, key=lambda one: one.action not in _BEFORE_OTHERS):
            width = _width(key)
            if width <= room:
                room -= width
                fitting.add(key)
        yield from (key for key in keys if key in fitting)

    def on_resize(self) -> None:
        """Fit the keys into the new width."""
        if self.children:
            self.call_after_refresh(self.recompose)


def _width(key: FooterKey) -> int:
    on_the_right = 2 if key.has_class("-command-palette") else 0
    return len(key.key_display) + len(key.description) + _PADDING + on_the_right
