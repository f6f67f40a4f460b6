"""The command palette: every key binding as a command."""

from collections.abc import Iterator
from functools import partial
from itertools import chain

from textual.app import SystemCommand
from textual.binding import Binding
from textual.screen import Screen


def key_commands(screen: Screen[object]) -> Iterator[SystemCommand]:
    """Yield a command for each binding of the focused widget, the screen and the app.

    Letters are included, although the input would type them.
    """
    for node in (screen.focused or screen).ancestors_with_self:
        for binding in chain.from_iterable(
            vars(kind).get("BINDINGS", ()) for kind in type(node).mro()
        ):
            if isinstance(binding, Binding) and binding.id:
                action = partial(screen.app.run_action, binding.action, node)
                about = binding.tooltip or binding.description
                yield SystemCommand(binding.description, about, action)
