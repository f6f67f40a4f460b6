"""The indexed articles as resources; their addresses lead to these articles and nowhere else."""

import os
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote_to_bytes

from mcp_types import Resource, TextResourceContents

from index.articles.text import encodable
from index.errors import BadRequest

if TYPE_CHECKING:
    from tui.jobs.current_index import CurrentIndex

PAGE = 200
"""Articles on a page of the list."""
_SCHEME = "file://"
_MARKDOWN = (".md", ".markdown", ".mdx")


def address(path: str) -> str:
    """Return the address of an article by its absolute path."""
    return _SCHEME + quote(os.fsencode(path))


def listed(index: "CurrentIndex", offset: int) -> list[Resource]:
    """Return at most `PAGE` articles after the first ones. Raises NoIndex or IndexDamaged."""
    from tui.library.contents import library_of

    articles = library_of(index.generation().catalog).articles
    return [
        Resource(
            uri=address(one.file),
            name=encodable(one.path),
            title=one.title,
            description=one.date.isoformat() if one.date else None,
            mime_type=_mime_type(one.file),
            size=one.size,
        )
        for one in articles[offset : offset + PAGE]
    ]


def contents(index: "CurrentIndex", uri: str) -> TextResourceContents:
    """Return an article's text as its file is now.

    The address must be that of an indexed article, letter for letter: no path is resolved. A file
    that has become a link, or to which a link in its path leads, is not read. Raises BadRequest.
    """
    from index.articles.text import Text
    from qa.citations import FileCache

    path = os.fsdecode(unquote_to_bytes(uri.removeprefix(_SCHEME)))
    articles = index.generation().catalog.articles()
    article = next((one for one in articles if one.found.path == path), None)
    if article is None or not uri.startswith(_SCHEME):
        raise BadRequest("no indexed article has this address; list the resources")
    text = FileCache().text(article)
    if not isinstance(text, Text):
        raise BadRequest(f"{path} cannot be read any more: {text.reason}")
    return TextResourceContents(uri=uri, mime_type=_mime_type(path), text=text.text)


def _mime_type(path: str) -> str:
    return "text/markdown" if path.lower().endswith(_MARKDOWN) else "text/plain"
