"""Files and folders that are left out: by `.bylineignore` files, in gitignore's syntax."""

import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from index.articles.text import NotText, decode

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

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
        patterns: list[str] = []
        problems: list[str] = []
        for number, line in enumerate(text.text.splitlines(), 1):
            if not line.strip() or line.startswith("#"):
                continue
            if len(patterns) == _MAX_PATTERNS:
                problems.append(f"line {number}: over the limit of {_MAX_PATTERNS:,} patterns")
                break
            if problem := _problem(line):
                problems.append(f"line {number}: {problem}")
            else:
                patterns.append(line)
        rules = IgnoreRules((*self.specs, (folder, GitIgnoreSpec.from_lines(patterns))))
        return rules, problems[:_MAX_PROBLEMS]


def _problem(pattern: str) -> str | None:
    """Return what is wrong with a pattern; None if it is valid."""
    from pathspec import GitIgnoreSpec

    if len(_WILDCARD.findall(pattern)) > _MAX_WILDCARDS:
        return f"more than {_MAX_WILDCARDS} wildcards (*) in a pattern"
    try:
        GitIgnoreSpec.from_lines([pattern])
    except (ValueError, re.error):
        return "not a pattern"
    return None
