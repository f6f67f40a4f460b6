"""What an article states about itself, field by field, in the form in which filters compare it."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice

MAX_FIELDS = 64
"""Values that are kept of one article, the first ones."""
_MAX_NAME = 60
_MAX_VALUE = 200
"""Code points of a value that are kept, and compared."""
_SAME = {
    name: field
    for field, names in (
        ("author", "authors by byline writer creator"),
        ("tags", "tag keyword keywords"),
        ("category", "categories"),
    )
    for name in names.split()
}
"""Other names of a field."""
_LISTS = frozenset({"author", "tags", "category", "topics", "subjects", "labels"})
"""Fields whose value is a list even where it is written as one line."""
_BETWEEN = re.compile(r"\s*[,;|]\s*|\s+(?:and|&)\s+")
_BY = re.compile(r"\W{0,3}by\s+(?P<names>\S.*)", re.IGNORECASE)
_NAMED = re.compile(r"\W{0,3}(?P<name>[^\W\d_][\w -]{1,30}):\W{0,3}\s+(?P<value>\S.*)")
_EMPHASIS = "*_ "


@dataclass(frozen=True, slots=True)
class Field:
    """A value of a field; of a list, each value is one."""

    name: str
    value: str

    @property
    def compared(self) -> "Field":
        """The field as it is stored and compared: without case, under one of its names."""
        name = re.sub(r"[\s-]+", "_", _folded(self.name))
        return Field(_SAME.get(name, name)[:_MAX_NAME], _folded(self.value)[:_MAX_VALUE].rstrip())

    @property
    def text(self) -> str:
        """As people write it: `author=Ada Quill`."""
        return f"{self.name}={self.value}"


def fields_of(stated: Iterable[Field], lines: Iterable[str]) -> tuple[Field, ...]:
    """Return the distinct fields that are stated, and those of the lines above an article's text.

    Those lines count that have a name and a value, as `Section: World`, or that begin with `By`.
    """
    found = chain.from_iterable(map(_values, chain(stated, _headers(lines))))
    distinct = dict.fromkeys(one for one in found if one.name and one.value)
    return tuple(islice(distinct, MAX_FIELDS))


def _headers(lines: Iterable[str]) -> Iterator[Field]:
    for line in lines:
        if match := _BY.fullmatch(line):
            yield Field("author", match["names"].strip(_EMPHASIS))
        elif match := _NAMED.fullmatch(line):
            yield Field(match["name"], match["value"].strip(_EMPHASIS))


def _values(field: Field) -> Iterator[Field]:
    """Yield a field as it is compared; of a list on one line, each value after the entire line."""
    compared = field.compared
    yield compared
    if compared.name in _LISTS:
        parts = _BETWEEN.split(compared.value)
        yield from (Field(compared.name, part) for part in parts if len(parts) > 1)


def _folded(text: str) -> str:
    """Return a text as it is compared: without case, each white space one blank."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
