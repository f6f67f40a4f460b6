"""Articles as a build reads them, for measuring against."""

from pathlib import Path

from index.articles.files import Contents, Found, find, read, resolve_roots
from index.articles.parse import ReadArticle, read_article
from index.articles.passages import DEFAULT_SETTINGS, ModelLimit


def articles_under(folder: Path, limit: ModelLimit) -> list[ReadArticle]:
    """Read the articles under a folder into passages; what is none is left out."""
    found = [one for one in find(resolve_roots((str(folder),))) if isinstance(one, Found)]
    contents = [read(one.root, one.relative) for one in found]
    articles = [
        read_article(one, DEFAULT_SETTINGS, limit) for one in contents if isinstance(one, Contents)
    ]
    return [one for one in articles if isinstance(one, ReadArticle)]
