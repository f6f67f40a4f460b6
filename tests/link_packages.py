"""Links what a package requires into another environment: `link_packages.py NAME SITE_PACKAGES`.

The package itself is there already. What it requires, without extras, and what that requires in
turn, is linked file by file from the environment that runs this.
"""

import os
import shutil
import sys
from collections.abc import Iterator
from importlib.metadata import Distribution, PathDistribution, distribution
from importlib.util import cache_from_source
from pathlib import Path

from packaging.requirements import Requirement


def required(requiring: Distribution, extras: set[str]) -> Iterator[Requirement]:
    """Yield what a distribution requires on this machine, with some of its extras."""
    for line in requiring.requires or []:
        requirement = Requirement(line)
        marker = requirement.marker
        if marker is None or any(marker.evaluate({"extra": extra}) for extra in extras or {""}):
            yield requirement


def closure(root: Distribution) -> dict[str, Distribution]:
    """Return all that a distribution requires, directly or not, by name."""
    found: dict[str, Distribution] = {}
    seen: set[tuple[str, str]] = set()
    left = list(required(root, set()))
    while left:
        requirement = left.pop()
        name = requirement.name
        new = {(name, extra) for extra in requirement.extras | {""}} - seen
        if new:
            seen |= new
            found[name] = found.get(name) or distribution(name)
            left += required(found[name], requirement.extras)
    return found


def link(linked: Distribution, to: Path) -> None:
    """Link the files of a distribution, and what Python has compiled of them."""
    origin = Path(str(linked.locate_file("")))
    for file in linked.files or []:
        if ".." not in file.parts:  # commands and manuals
            _link(origin / file, to / file)
            compiled = Path(cache_from_source(str(origin / file)))
            if file.suffix == ".py" and compiled.exists():
                _link(compiled, to / compiled.relative_to(origin))


def _link(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.exists():
        return
    try:
        os.link(source, target)
    except OSError:  # on another file system
        shutil.copy2(source, target)


def main() -> None:
    name, site = sys.argv[1], Path(sys.argv[2])
    (info,) = site.glob(f"{name}-*.dist-info")
    for linked in closure(PathDistribution(info)).values():
        link(linked, site)


if __name__ == "__main__":
    main()
