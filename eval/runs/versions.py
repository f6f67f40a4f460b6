"""The versions of the packages that determine answers."""

from importlib.metadata import PackageNotFoundError, version

_PACKAGES = ("byline", "faiss-cpu", "numpy", "onnxruntime", "tantivy", "tokenizers")


def versions() -> tuple[str, ...]:
    """Return `name version` of each package that determines answers."""
    return tuple(f"{name} {_version(name)}" for name in _PACKAGES)


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:  # a checkout that is not installed
        return "unknown"
