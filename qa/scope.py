"""Filters as people give them, and the articles that they leave."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from difflib import get_close_matches

from index.articles.fields import Field
from index.articles.paths import real_path
from index.articles.text import encodable
from index.errors import BadRequest
from index.storage.catalog import Catalog
from index.storage.scope import Scope
from index.storage.selection import ALL, Selection
from qa.periods import Period, asked_periods, parse_date, today

_MOST_CONDITIONS = 50
_MOST_NAMED = 8
"""Fields that a message names."""


def scope_of(
    within: Sequence[str] = (),
    since: str | date | None = None,
    until: str | date | None = None,
    where: Sequence[str] = (),
) -> Scope:
    """Return the scope of filters as they are typed: `last month`, `author=Ada Quill`.

    None, or an empty date, is no filter. Raises BadRequest with what is accepted.
    """
    first, last = _day(since, is_first=True), _day(until, is_first=False)
    if first and last and first > last:
        raise BadRequest(f"since {first} is after until {last}; no day is in between")
    fields = tuple(dict.fromkeys(map(_field, where)))
    if len(fields) > _MOST_CONDITIONS:
        raise BadRequest(f"{len(fields):,} conditions; the limit is {_MOST_CONDITIONS}")
    return Scope(tuple(within), first, last, fields)


def _day(given: str | date | None, is_first: bool) -> date | None:
    """Return the first or the last day that a date stands for; None without any."""
    if not given or isinstance(given, date):
        return given or None
    period = parse_date(given, today())
    return period.first if is_first else period.last


def _field(given: str) -> Field:
    name, _, value = encodable(given).partition("=")
    field = Field(" ".join(name.split()), " ".join(value.split()))
    if not field.name or not field.value:
        raise BadRequest(f"{given!r} is no condition; write FIELD=VALUE, as in author=Ada Quill")
    return field


def selected(catalog: Catalog, scope: Scope) -> Selection:
    """Return the articles in a scope; `Selection` says how all of them are written.

    Raises BadRequest if no article is left, with the filter that excludes them.
    """
    if not scope:
        return ALL
    real = replace(scope, within=tuple(map(real_path, scope.within)))
    found = catalog.select(real)
    for given, path in zip(scope.within, real.within, strict=True):
        if len(real.within) > 1 or not found.articles:
            _require_path(catalog, given, path)
    if not found.articles:
        raise BadRequest(_excluding(catalog, scope, real))
    return found


def dated(catalog: Catalog, scope: Scope, question: str) -> Selection | None:
    """Return the articles in a scope that are of the days that a question names.

    None if it names none, or if no article is of these days. Days such as last year are counted
    from today; where no article is of them, from the newest article, as over an archive.
    """
    newest = catalog.dates()
    for now in (today(), newest[1] if newest else today()):
        found = _of_days(catalog, scope, asked_periods(question, now))
        if found.articles:
            return found
    return None


def _of_days(catalog: Catalog, scope: Scope, periods: Sequence[Period]) -> Selection:
    """Return the articles in a scope that are of one of some stretches of days."""
    found = ALL
    for period in periods:
        since = max(filter(None, (scope.since, period.first)), default=None)
        until = min(filter(None, (scope.until, period.last)), default=None)
        within = tuple(map(real_path, scope.within))
        found |= catalog.select(Scope(within, since, until, scope.where))
    return found


def _require_path(catalog: Catalog, given: str, path: str) -> None:
    if not catalog.has(path):
        raise BadRequest(f"no indexed article is at or under {given}")


def _excluding(catalog: Catalog, scope: Scope, real: Scope) -> str:
    """Return which filter leaves no article, and of how many."""
    kept, said = Scope(real.within), [f"under {path}" for path in scope.within]
    for field in real.where:
        kept, before = replace(kept, where=(*kept.where, field)), kept
        if not catalog.select(kept).articles:
            if not catalog.select(Scope(where=(field,))).articles:
                return _unknown(catalog, field)
            return f"{_those(catalog, before, said)} has {field.text}"
        said.append(f"with {field.text}")
    dates = catalog.dates()
    if dates is None:
        return f"no article has a date, so none is dated {_days(real)}"
    if kept:
        return f"{_those(catalog, kept, said)} is dated {_days(real)}"
    return f"no article is dated {_days(real)}; they are dated {dates[0]} to {dates[1]}"


def _those(catalog: Catalog, kept: Scope, said: Sequence[str]) -> str:
    count = len(catalog.select(kept).articles)
    return f"of {count:,} article{'s' * (count != 1)} {' and '.join(said)}, none"


def _unknown(catalog: Catalog, field: Field) -> str:
    """Return that no article has a field, or this value of it, and what comes nearest."""
    known, compared = catalog.field_values(), field.compared
    if compared.name not in known:
        names = sorted(known, key=lambda name: -len(known[name]))[:_MOST_NAMED]
        have = f"; there are {', '.join(names)}" if names else ""
        return f"no article has a field {field.name!r}{have}"
    values = known[compared.name]
    parts = sorted(value for value in values if compared.value in value)
    near = next(iter([*parts, *get_close_matches(compared.value, values, 1)]), "")
    return f"no article has {field.text}" + (f"; one has {field.name}={near}" if near else "")


def _days(scope: Scope) -> str:
    """Return the days of a scope that is limited to some: `2011-07-01 or later`."""
    if scope.since and scope.until:
        return f"{scope.since} to {scope.until}"
    return f"{scope.since} or later" if scope.since else f"{scope.until} or earlier"
