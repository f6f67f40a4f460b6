"""Files and folders that are left out: by `.bylineignore` files, in gitignore's syntax."""

import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from index.articles.text import NotText, decode

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec, Pattern

IGNORE_FILE = ".bylineignore"
_NOT_ARTICLES = frozenset({"node_modules", "CVS", "RCS", "SCCS", "_darcs", "_svn"})
"""Folders of packages and of version control whose names are not hidden; `!NAME/` reads one."""
_MAX_PATTERNS = 1_000
_MAX_PROBLEMS = 3
"""Of a file, reported."""
_MAX_WILDCARDS = 3
"""Of the kind `*` in a pattern: the time to match a name of n characters grows like n to this."""
_WILDCARD = re.compile(r"(?<!\*)\*(?!\*)|(?<![*/])\*\*+|\*\*+(?![*/])")
"""A `*` inside a name; `**` between slashes is none."""


@dataclass(frozen=True, slots=True)
class IgnoreRules:
    """The rules that hold in a folder: its own, and those of the folders above it."""

    specs: tuple[tuple[str, "GitIgnoreSpec"], ...] = ()
    """Folders relative to the root, outermost first, each with its rules."""

    def ignores(self, relative: str, is_folder: bool) -> bool:
        """Return whether a file or folder is left out; the innermost rule on it counts."""
        for folder, spec in reversed(self.specs):
            inside = relative[len(folder) + 1 :] if folder else relative
            decided = spec.check_file(f"{inside}/" if is_folder else inside).include
            if decided is not None:
                return decided
        return is_folder and PurePosixPath(relative).name in _NOT_ARTICLES

    def with_file(self, folder: str, data: bytes) -> tuple["IgnoreRules", list[str]]:
        """Return the rules with those of a folder's ignore file, and what is wrong in it."""
        from pathspec import GitIgnoreSpec

        text = decode(data)
        if isinstance(text, NotText):
            return self, [text.reason]
        patterns: list[Pattern] = []
        problems: list[str] = []
        for number, line in enumerate(text.text.splitlines(), 1):
            try:
                found = _parsed(line)
            except ValueError as error:
                problems.append(f"line {number}: {error}")
                continue
            if len(patterns) + len(found) > _MAX_PATTERNS:
                problems.append(f"line {number}: over the limit of {_MAX_PATTERNS:,} patterns")
                break
            patterns += found
        rules = IgnoreRules((*self.specs, (folder, GitIgnoreSpec(patterns))))
        return rules, problems[:_MAX_PROBLEMS]


def _parsed(line: str) -> list["Pattern"]:
    """Return the pattern of a line; none for a comment. Raises ValueError."""
    from pathspec import GitIgnoreSpec

    if len(_WILDCARD.findall(line)) > _MAX_WILDCARDS and not line.startswith("#"):
        raise ValueError(f"more than {_MAX_WILDCARDS} wildcards (*) in a pattern")
    try:
        parsed = GitIgnoreSpec.from_lines([line]).patterns
    except (ValueError, re.error) as error:
        raise ValueError("not a pattern") from error
    return [pattern for pattern in parsed if pattern.include is not None]
