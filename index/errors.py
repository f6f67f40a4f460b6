"""Errors with messages for the user."""

from importlib.util import find_spec


class BylineError(Exception):
    """An error that the user can act on: a short title, and what is wrong, where and what to do."""

    title = "Error"

    def __init_subclass__(cls, title: str) -> None:
        cls.title = title

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class BadRequest(BylineError, title="Cannot do that"):
    """A command or a question that cannot be carried out as given."""


class NoIndex(BylineError, title="No index"):
    """There is no published index in the folder."""


class IndexBusy(BylineError, title="Index is busy"):
    """Another process builds the index, or keeps it up to date."""


class IndexDamaged(BylineError, title="Index is damaged"):
    """A file of the index is missing, or differs from the manifest."""


class IndexUnreadable(IndexDamaged, title="Index could not be read"):
    """A file of the index could not be opened or read: no permission, I/O error."""

    def __init__(self, file: str, reason: str) -> None:
        super().__init__(f"{file} cannot be read: {reason}; try again, then run `byline check`")
        self.reason = f"{file}: {reason}"
        self._parts = file, reason

    def __reduce__(self) -> tuple[type["IndexUnreadable"], tuple[str, str]]:
        """Let it be raised in another process than that of its cause."""
        return IndexUnreadable, self._parts


class IndexUnwritable(BylineError, title="Index could not be written"):
    """The index could not be written: disk full, no permission, I/O error."""


class ModelUnavailable(BylineError, title="Model cannot be used"):
    """A model cannot be found, or may not be loaded."""


class ClusterFailed(BylineError, title="Cluster failed"):
    """The cluster cannot be reached, or what runs there ended."""


class ShardLost(BylineError, title="Shard is lost"):
    """The node or the process that has a shard open does not answer."""


class MissingExtra(BylineError, title="Not installed"):
    """A package of an optional extra is not installed."""


def require(*modules: str, extra: str) -> None:
    """Raise MissingExtra, naming the extra to install, if any of these modules cannot be found.

    Nothing is imported. A command that needs an extra calls this before it starts its work.
    """
    missing = [module for module in modules if find_spec(module) is None]
    if missing:
        packages = ", ".join(missing)
        raise MissingExtra(f'{packages} not installed: run pip install "byline[{extra}]"')


def reason_of(error: Exception) -> str:
    """Return an error's message; an OSError's without its number and path."""
    return (isinstance(error, OSError) and error.strerror) or str(error)


def path_and_reason(error: OSError) -> str:
    """Return the path of the file concerned, if known, and what went wrong."""
    return f"{error.filename}: {reason_of(error)}" if error.filename else reason_of(error)


def summary_of(error: Exception, limit: int = 200) -> str:
    """Return an error on one line, a library's with its type; at most `limit` characters."""
    if isinstance(error, BylineError):
        return error.message[:limit]
    name, text = type(error).__name__, " ".join(str(error).split())
    return f"{name}: {text[:limit]}" if text else name
