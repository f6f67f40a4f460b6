"""Front matter: the facts that an article states about itself, above its text, and their lines."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index.articles.fields import Field

MAX_LINES = 200
"""Limit on the lines of front matter."""
_MAX_LINE = 2_000
"""Code points; a longer line is no front matter."""
_FENCES = {"---": ("---", "..."), "+++": ("+++",)}
_YAML = re.compile(r"(?P<key>[\w][\w .-]{0,60}?)\s*:(?:\s+(?P<value>.*))?$")
_TOML = re.compile(r"(?P<key>[\w.\"-]{1,60})\s*=\s*(?P<value>.*)$")
_PELICAN = re.compile(r"(?P<key>[A-Z][A-Za-z_]{1,30}):\s+(?P<value>\S.*)$")
_PELICAN_KEYS = frozenset(
    """title date modified tags keywords category slug author authors summary lang status template
    subtitle series url save_as created updated""".split()
)
_ENTRY = re.compile(r"\s*-\s+")
_IN_BRACKETS = re.compile(r"\"[^\"]*\"|'[^']*'|[^\s,\[\]][^,]*")
"""An entry of a list in brackets."""
_NAME_OF = re.compile(r"name:\s+")
"""Stands before the name of a person who has several facts."""
_EDGES = " \t\r\"'[],"


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact of front matter."""

    key: str
    """As it is written."""
    values: tuple[str, ...]
    """Without quotes; the entries of a list, or the lines of any other value."""
    first: int
    """Index of its first line, from 0."""
    last: int

    @property
    def value(self) -> str:
        """The values, joined by commas."""
        return ", ".join(self.values)


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """The front matter of an article; of no lines if it has none."""

    lines: int = 0
    facts: tuple[Fact, ...] = ()

    @property
    def values(self) -> dict[str, str]:
        """The facts by key; of several with one key, the first."""
        return {fact.key: fact.value for fact in reversed(self.facts)}

    @property
    def fields(self) -> tuple[Field, ...]:
        """Every value of every fact."""
        return tuple(Field(fact.key, value) for fact in self.facts for value in fact.values)

    @property
    def title(self) -> str:
        """The title; empty if none is stated."""
        named = {key.lower(): value for key, value in self.values.items()}
        return named.get("title", "")


def front_matter(lines: Sequence[str]) -> FrontMatter:
    """Read the front matter of an article in YAML, TOML or Pelican's form, from its first lines.

    Lines are read one by one, so that an error in one costs no other.
    """
    lines = lines[:MAX_LINES]
    opener = lines[0].rstrip() if lines else ""
    if opener not in _FENCES:
        return _pelican(lines)
    closers = _FENCES[opener]
    ends = (at for at, line in enumerate(lines[1:], 1) if line.rstrip() in closers)
    end = next(ends, None)
    if end is None or any(len(line) > _MAX_LINE for line in lines[:end]):
        return FrontMatter()
    facts = _facts(lines[1:end], _TOML if opener == "+++" else _YAML)
    return FrontMatter(end + 1, facts) if facts else FrontMatter()


def _pelican(lines: Sequence[str]) -> FrontMatter:
    """Read `Key: value` lines above the first blank line; one key at least must be Pelican's."""
    block: list[str] = []
    for line in lines:
        if not line.strip() or len(line) > _MAX_LINE:
            break
        block.append(line)
    first = _PELICAN.match(block[0]) if block else None
    if first is None or first["key"].lower() not in ("title", "date") or len(block) < 2:
        return FrontMatter()
    matches = [_PELICAN.match(line) for line in block]
    if not all(match and match["key"].lower() in _PELICAN_KEYS for match in matches):
        return FrontMatter()
    return FrontMatter(len(block), _facts(block, _PELICAN, first=0))


def _facts(block: Sequence[str], pattern: re.Pattern[str], first: int = 1) -> tuple[Fact, ...]:
    """Return the facts of some lines, of which the first has the index `first`."""
    facts: list[Fact] = []
    for at, line in enumerate(block, first):
        if match := pattern.match(line):
            facts.append(Fact(match["key"].strip('"'), _values(match["value"] or ""), at, at))
        elif facts and line.strip():
            before = facts[-1]
            values = (*before.values, *_values(_ENTRY.sub("", line, count=1)))
            facts[-1] = Fact(before.key, values, before.first, at)
    return tuple(facts)


def _values(written: str) -> tuple[str, ...]:
    """Return the values of a line: the entries of a list in brackets, else one, or none."""
    text = written.strip()
    if text in (">", "|", ">-", "|-"):
        return ()
    is_list = text.startswith("[") and text.endswith("]")
    entries = _IN_BRACKETS.findall(text) if is_list else [_NAME_OF.sub("", text, count=1)]
    return tuple(filter(None, (entry.strip(_EDGES) for entry in entries)))
