"""The footer: the keys that matter here, as many as fit."""

from dataclasses import dataclass

from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.reactive import reactive
from textual.screen import Screen
from textual.widget import Widget

_ALWAYS = frozenset({"help", "app.help", "command_palette"})
"""Actions whose keys come first; they lead to all others."""


@dataclass(frozen=True, slots=True)
class FooterKey:
    """A key as the footer shows it."""

    key: str
    """As the terminal reports it."""
    display: str
    description: str
    tooltip: str
    action: str
    on_the_right: bool = False

    @property
    def width(self) -> int:
        """In cells."""
        return cell_len(self.display) + cell_len(self.description) + 3 + 2 * self.on_the_right


class KeysFooter(Widget):
    """Shows the keys that fit, in their order; a click presses one.

    It draws all keys itself: Textual's footer mounts a widget for each, at every change of focus.
    """

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    KeysFooter {
        dock: bottom;
        height: 1;
        color: $footer-foreground;
        background: $footer-background;
    }
    """
    keys: reactive[tuple[FooterKey, ...]] = reactive(())
    hovered: reactive[FooterKey | None] = reactive(None)
    """The key under the mouse."""

    def on_mount(self) -> None:
        """Follow the bindings of the screen."""
        self.screen.bindings_updated_signal.subscribe(self, self._bindings_changed)

    def _bindings_changed(self, screen: Screen[object]) -> None:
        """Take the bindings that are active now."""
        if self.app.app_focus and screen is self.screen:
            self.keys = active_keys(screen)

    def render(self) -> Content:
        """Draw the keys."""
        line = Content("")
        for start, key in self._placed():
            line = line.pad_right(start - line.cell_length) + _drawn(key, key == self.hovered)
        return line

    def _placed(self) -> list[tuple[int, FooterKey]]:
        """Return the keys that fit, each with the number of its first cell."""
        room, fitting = self.size.width, set()
        for key in sorted(self.keys, key=lambda key: key.action not in _ALWAYS):
            if key.width <= room:
                room -= key.width
                fitting.add(key)
        placed, end = [], 0
        for key in (key for key in self.keys if key in fitting):
            placed.append((self.size.width - key.width if key.on_the_right else end, key))
            end += key.width
        return placed

    def _key_at(self, x: int) -> FooterKey | None:
        """Return the key at a cell, None if there is none."""
        return next((key for start, key in self._placed() if 0 <= x - start < key.width), None)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Highlight the key under the mouse."""
        self.hovered = self._key_at(event.x)
        self.tooltip = Content(self.hovered.tooltip) if self.hovered else None

    def on_leave(self) -> None:
        """Highlight no key."""
        self.hovered = None

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Press the key that was clicked."""
        if key := self._key_at(event.x):
            self.app.simulate_key(key.key)


def active_keys(screen: Screen[object]) -> tuple[FooterKey, ...]:
    """Return the keys to show, one for each action; the command palette's comes last."""
    app = screen.app
    palette = app.COMMAND_PALETTE_BINDING
    keys: dict[str, FooterKey] = {}
    for _, binding, enabled, tooltip in screen.active_bindings.values():
        is_palette = binding.key == palette
        if enabled and (binding.show or is_palette):
            about = tooltip or binding.description
            shown = FooterKey(
                binding.key, app.get_key_display(binding), binding.description, about,
                binding.action, is_palette,
            )  # fmt: skip
            keys.setdefault(binding.action, shown)
    return tuple(sorted(keys.values(), key=lambda key: key.on_the_right))


def _drawn(key: FooterKey, hovered: bool) -> Content:
    about = "on $block-hover-background" if hovered else ""
    line = Content.assemble(
        (f" {key.display} ", f"bold $footer-key-foreground {about}"),
        (f"{key.description} ", f"$footer-description-foreground {about}"),
    )
    return Content.assemble(("▏", "$foreground 20%"), line, " ") if key.on_the_right else line
