"""The indexed articles at or under some paths."""

from collections.abc import Sequence

from index.articles.paths import real_path
from index.errors import BadRequest
from index.storage.catalog import Catalog, StoredArticle


def articles_under(catalog: Catalog, scope: Sequence[str]) -> list[StoredArticle]:
    """Return the articles at or under the paths, in the order of their ids; none for none.

    Raises BadRequest if there is no indexed article at a path.
    """
    articles = catalog.articles() if scope else []
    chosen: dict[int, StoredArticle] = {}
    for given in scope:
        path = real_path(given)
        under = path.rstrip("/") + "/"
        matching = {
            article.id: article
            for article in articles
            if article.found.path == path or article.found.path.startswith(under)
        }
        if not matching:
            raise BadRequest(f"no indexed article is at or under {given}")
        chosen |= matching
    return [chosen[key] for key in sorted(chosen)]
