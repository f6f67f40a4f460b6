"""The articles that come with Byline."""

from importlib.resources import files
from pathlib import Path


def bundled_articles() -> Path:
    """Give the folder of the bundled articles."""
    return Path(str(files("index").joinpath("bundled")))


def sample_texts(most: int = 60) -> list[str]:
    """Give paragraphs of the bundled articles, for checking one encoder against another."""
    texts: list[str] = []
    for path in sorted(bundled_articles().glob("*.txt")):
        lines = path.read_bytes().decode("utf-8", errors="replace").splitlines()
        texts += [line.strip() for line in lines if line.strip()]
    step = max(1, len(texts) // most)
    return texts[::step][:most]
