"""The filters of the chat, above the input; a click on one removes it."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual.content import Content
from textual.message import Message
from textual.style import Style
from textual.widgets import Static


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
            (f"{label} ✕", Style.from_meta({"@click": f"remove({number})"}))
            for number, label in enumerate(labels)
        ]
        self.update(Content("   ").join(Content.assemble(part) for part in parts))
        self.display = bool(labels)

    def action_remove(self, number: int) -> None:
        """Remove a chip."""
        self.post_message(self.Removed(number))
