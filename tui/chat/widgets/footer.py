"""The footer: the keys that matter here, as many as fit."""

from textual import events
from textual.binding import Binding
from textual.content import Content
from textual.reactive import reactive
from textual.screen import Screen
from textual.style import Style
from textual.widget import Widget

_PALETTE = "command_palette"
_ALWAYS = frozenset({"help", "app.help", _PALETTE})
"""Actions whose keys come first; they lead to all others."""


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
    hovered: reactive[str | None] = reactive(None)
    """The action under the mouse."""

    def on_mount(self) -> None:
        """Follow the bindings of the screen."""
        self.screen.bindings_updated_signal.subscribe(self, self._update)

    def _update(self, screen: Screen[object]) -> None:
        if self.app.app_focus:
            self.refresh()

    def render(self) -> Content:
        """Draw the keys, the command palette's on the right."""
        keys: dict[str, Content] = {}
        for _, binding, enabled, _ in self.screen.active_bindings.values():
            if enabled and (binding.show or binding.action == _PALETTE):
                keys.setdefault(binding.action, self._key(binding))
        room = self.size.width
        for action in sorted(keys, key=lambda action: action not in _ALWAYS):
            if keys[action].cell_length <= room:
                room -= keys[action].cell_length
            else:
                del keys[action]
        palette = keys.pop(_PALETTE, Content(""))
        return Content("").join(keys.values()).pad_right(room) + palette

    def _key(self, binding: Binding) -> Content:
        background = "on $block-hover-background" if binding.action == self.hovered else ""
        key = Content.assemble(
            (f" {self.app.get_key_display(binding)} ", f"bold $footer-key-foreground {background}"),
            (f"{binding.description} ", f"$footer-description-foreground {background}"),
        )
        if binding.action == _PALETTE:
            key = Content.assemble(("▏", "$foreground 20%"), key, " ")
        # Rich pickles what a style carries: text alone, so that no class is ever loaded by it.
        return key.stylize(Style.from_meta({"action": binding.action}))

    def _under(self, event: events.MouseEvent) -> Binding | None:
        """Return the binding of the key under the mouse, None beside the keys."""
        action = event.style.meta.get("action")
        active = self.screen.active_bindings.values()
        return next((key.binding for key in active if key.binding.action == action), None)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Highlight the key under the mouse, and explain it."""
        binding = self._under(event)
        self.hovered = binding.action if binding else None
        self.tooltip = Content(binding.tooltip or binding.description) if binding else None

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Press the key under the mouse."""
        if binding := self._under(event):
            self.app.simulate_key(binding.key)

    def on_leave(self) -> None:
        """Highlight no key."""
        self.hovered = None
