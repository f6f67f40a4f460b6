"""What can go wrong with articles and indexes, in words for the person who caused it."""

from importlib.util import find_spec


class BylineError(Exception):
    """An error that a person can act on: a short title, and what is wrong, where, what to do."""

    title = "Error"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class BadRequest(BylineError):
    """The words of the command or the question cannot be used as they are."""

    title = "Cannot do that"


class NoIndex(BylineError):
    """There is no published index where one was looked for."""

    title = "No index"


class IndexBusy(BylineError):
    """Another build holds the index."""

    title = "Index is being built"


class IndexDamaged(BylineError):
    """A file of the index is missing, or is not what the manifest says."""

    title = "Index is damaged"


class IndexUnreadable(IndexDamaged):
    """The system did not let a file of the index be opened or read: no rights, an I/O error."""

    title = "Index could not be read"

    def __init__(self, what: str, reason: str) -> None:
        super().__init__(f"{what} cannot be read: {reason}; try again, then run `byline check`")
        self.reason = f"{what}: {reason}"


class IndexUnwritable(BylineError):
    """The index could not be written: disk full, no permission, I/O error."""

    title = "Index could not be written"


class ModelUnavailable(BylineError):
    """The embedding model cannot be found, or is not one that may be loaded."""

    title = "Model cannot be used"


class MissingExtra(BylineError):
    """A package of an optional extra is not installed."""

    title = "Not installed"


def require(*modules: str, extra: str) -> None:
    """Raise MissingExtra, naming the extra to install, if any of these modules cannot be found.

    Nothing is imported. A command that needs an extra calls this before it starts its work.
    """
    missing = [module for module in modules if find_spec(module) is None]
    if missing:
        packages = ", ".join(missing)
        raise MissingExtra(f'{packages} not installed: run pip install "byline[{extra}]"')


def reason_of(error: Exception) -> str:
    """Return what went wrong in words; of an OSError neither its number nor its path."""
    return (isinstance(error, OSError) and error.strerror) or str(error)


def path_and_reason(error: OSError) -> str:
    """Return what went wrong, after the path of the file that it went wrong with, if known."""
    return f"{error.filename}: {reason_of(error)}" if error.filename else reason_of(error)


def summary_of(error: Exception, limit: int = 200) -> str:
    """Return a library's error on one line: its type and at most `limit` characters of its text."""
    name, text = type(error).__name__, " ".join(str(error).split())
    return f"{name}: {text[:limit]}" if text else name
