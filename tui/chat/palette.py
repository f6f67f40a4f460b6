"""The command palette: everything that the keys do."""

from collections.abc import Iterator
from functools import partial
from itertools import chain

from textual.app import SystemCommand
from textual.binding import Binding
from textual.screen import Screen


def key_commands(screen: Screen[object]) -> Iterator[SystemCommand]:
    """List what the keys of a screen, of what has the focus and of the app do.

    Also what a letter does, which is typed where the input has the focus.
    """
    for node in (screen.focused or screen).ancestors_with_self:
        for binding in chain.from_iterable(
            vars(one).get("BINDINGS", ()) for one in type(node).mro()
        ):
            if isinstance(binding, Binding) and binding.id:
                action = partial(screen.app.run_action, binding.action, node)
                about = binding.tooltip or binding.description
                yield SystemCommand(binding.description, about, action)
