"""What a watcher reports."""

from dataclasses import dataclass

from index.build.events import Progress, Summary


@dataclass(frozen=True, slots=True)
class Updating:
    """An update begins."""

    paths: int
    """Files and folders that may have changed; 0 for a look at everything."""


@dataclass(frozen=True, slots=True)
class UpToDate:
    """The index has what the files have; the watcher waits for changes."""

    articles: int


@dataclass(frozen=True, slots=True)
class Problem:
    """What cannot be watched, or an update that failed and is tried again."""

    message: str


WatchEvent = Updating | Progress | Summary | UpToDate | Problem
