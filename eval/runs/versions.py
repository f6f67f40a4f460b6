"""The versions of what answers hang on."""

from importlib.metadata import PackageNotFoundError, version

_PACKAGES = ("byline", "faiss-cpu", "numpy", "onnxruntime", "tantivy", "tokenizers")


def versions() -> tuple[str, ...]:
    """Give `name version` of each package that answers hang on."""
    return tuple(f"{name} {_version(name)}" for name in _PACKAGES)


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:  # run from a checkout that was not installed
        return "unknown"
