"""Articles read the way a build reads them, to measure against."""

from pathlib import Path

from index.articles.files import Contents, Found, find, read, resolve_roots
from index.articles.parse import ReadArticle, read_article
from index.articles.passages import DEFAULT_SETTINGS, ModelLimit


def articles_under(folder: Path, limit: ModelLimit) -> list[ReadArticle]:
    """Read the articles under a folder into passages; leave out files that are not articles."""
    found = [file for file in find(resolve_roots((str(folder),))) if isinstance(file, Found)]
    contents = [(read(file.root, file.relative), file.shown_path) for file in found]
    articles = [
        read_article(content, DEFAULT_SETTINGS, limit, path)
        for content, path in contents
        if isinstance(content, Contents)
    ]
    return [article for article in articles if isinstance(article, ReadArticle)]
