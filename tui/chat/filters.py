"""The filters of the chat: typed as commands, shown as chips, removed one by one."""

import re
from dataclasses import dataclass, replace

from index.articles.paths import real_path
from index.storage.scope import EVERYTHING, Scope
from tui.output.sanitise import visible_name
from tui.output.wording import filter_labels

_COMMAND = re.compile(
    r"/(?P<name>since|until|where|in|all)(?:\s+(?P<value>.*))?", re.DOTALL | re.IGNORECASE
)
_PATHS_SHOWN = 3
"""Paths that are shown by name."""


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter as it is shown."""

    label: str
    """Safe to show."""
    rest: Scope
    """The scope without it."""


def is_filter(typed: str) -> bool:
    """Return whether something typed changes the filters."""
    return _COMMAND.fullmatch(typed.strip()) is not None


def with_filter(scope: Scope, typed: str) -> Scope:
    """Return a scope after a typed filter, such as `/since 2012`; one without a value is removed.

    Raises BadRequest with what is accepted.
    """
    from qa.scope import scope_of  # not before the first frame

    command = _COMMAND.fullmatch(typed.strip())
    assert command is not None
    value = (command["value"] or "").strip()
    within, where = scope.within, [field.text for field in scope.where]
    match command["name"].lower():
        case "since":
            return scope_of(within, value, scope.until, where)
        case "until":
            return scope_of(within, scope.since, value, where)
        case "where":
            return scope_of(within, scope.since, scope.until, [*where, value] if value else ())
        case "in":
            paths = dict.fromkeys([*within, real_path(value)]) if value else ()
            return replace(scope, within=tuple(paths))
    return EVERYTHING


def chips(scope: Scope) -> list[Chip]:
    """Return a chip for the paths of a scope, for each of its dates and for each condition."""
    shown = []
    if scope.within:
        shown.append(Chip(_paths_label(scope.within), replace(scope, within=())))
    rests = []
    if scope.since:
        rests.append(replace(scope, since=None))
    if scope.until:
        rests.append(replace(scope, until=None))
    rests += [
        replace(scope, where=scope.where[:at] + scope.where[at + 1 :])
        for at in range(len(scope.where))
    ]
    labels = filter_labels(replace(scope, within=()))
    return [*shown, *map(Chip, labels, rests)]


def _paths_label(within: tuple[str, ...]) -> str:
    named = ", ".join(visible_name(path) for path in within[:_PATHS_SHOWN])
    more = f" and {len(within) - _PATHS_SHOWN} more" if len(within) > _PATHS_SHOWN else ""
    return f"in {named}{more}"
