"""The footer: the keys that matter here, as many as fit."""

from textual.app import ComposeResult
from textual.widgets import Footer
from textual.widgets._footer import FooterKey

_ALWAYS = frozenset({"help", "app.help", "app.command_palette"})
"""Actions whose keys come first; they lead to all others."""
_PADDING = 3
"""Cells of a key besides its name and description."""


class KeysFooter(Footer):
    """Shows the keys that fit, in their order."""

    def compose(self) -> ComposeResult:
        """Lay out the keys that fit."""
        keys = [key for key in super().compose() if isinstance(key, FooterKey)]
        room = self.size.width or self.app.size.width
        fitting = set()
        for key in sorted(keys, key=lambda key: key.action not in _ALWAYS):
            width = _width(key)
            if width <= room:
                room -= width
                fitting.add(key)
        yield from (key for key in keys if key in fitting)

    def on_resize(self) -> None:
        """Fit the keys to the new width."""
        if self.children:
            self.call_after_refresh(self.recompose)


def _width(key: FooterKey) -> int:
    on_the_right = 2 if key.has_class("-command-palette") else 0
    return len(key.key_display) + len(key.description) + _PADDING + on_the_right
