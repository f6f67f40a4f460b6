"""The filters of the chat, above the input; a click on one removes it."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual import on
from textual.content import Content
from textual.events import Click
from textual.message import Message
from textual.style import Style
from textual.widgets import Static

_CHIP = "chip"
"""Key of a chip's number, as text, in the style of its cells."""


class ChipLine(Static):
    """Chips in a row; hidden without any."""

    @dataclass
    class Removed(Message):
        """The user removed a chip."""

        number: int
        """From 0."""

    def show(self, labels: Sequence[str]) -> None:
        """Show chips with these labels, which are safe to show."""
        parts = [
            (f"{label} ✕", Style.from_meta({_CHIP: str(number)}))
            for number, label in enumerate(labels)
        ]
        self.update(Content("   ").join(Content.assemble(part) for part in parts))
        self.display = bool(labels)

    @on(Click)
    def _remove_clicked(self, click: Click) -> None:
        number = click.style.meta.get(_CHIP)
        if number is not None:
            self.post_message(self.Removed(int(number)))
