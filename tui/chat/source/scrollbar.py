"""A scrollbar over the bytes of an article."""

from textual import events
from textual.message import Message
from textual.scrollbar import ScrollBar, ScrollDown, ScrollUp


class SourceBar(ScrollBar):
    """Stands beside an article; its unit is a byte."""

    DEFAULT_CSS = """
    SourceBar {
        width: 1;
        height: 1fr;
    }
    """

    class Dragged(Message):
        """The bar was dragged."""

        def __init__(self, at: int) -> None:
            super().__init__()
            self.at = at
            """The byte that was dragged to."""

    class Paged(Message):
        """The bar was clicked beside its handle."""

        def __init__(self, pages: int) -> None:
            super().__init__()
            self.pages = pages
            """1 below the handle, -1 above it."""

    def show(self, start: int, end: int, size: int) -> None:
        """Show which bytes are on screen, of how many."""
        self.window_virtual_size = size
        self.window_size = end - start
        self.position = start

    async def _on_mouse_move(self, event: events.MouseMove) -> None:
        event.prevent_default()
        event.stop()
        if self.grabbed:
            cells = event.screen_y - self.grabbed.y
            moved = cells * self.window_virtual_size / max(1, self.size.height)
            at = int(self.grabbed_position + moved)
            self.post_message(self.Dragged(min(max(0, at), self.window_virtual_size)))

    def _on_scroll_up(self, message: ScrollUp) -> None:
        message.prevent_default()
        self.post_message(self.Paged(-1))

    def _on_scroll_down(self, message: ScrollDown) -> None:
        message.prevent_default()
        self.post_message(self.Paged(1))
