"""The articles that come with Byline."""

from importlib.resources import files
from pathlib import Path


def bundled_articles() -> Path:
    """Return the folder of the bundled articles."""
    return Path(str(files("index").joinpath("bundled")))


def sample_texts(limit: int = 60) -> list[str]:
    """Return up to `limit` lines of the bundled articles, to compare one encoder with another."""
    texts: list[str] = []
    for path in sorted(bundled_articles().glob("*.txt")):
        lines = path.read_bytes().decode("utf-8", errors="replace").splitlines()
        texts += [line.strip() for line in lines if line.strip()]
    step = max(1, len(texts) // limit)
    return texts[::step][:limit]
