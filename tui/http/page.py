"""The page to ask in: one form, and answers rendered here, with all text of articles escaped."""

import secrets
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from index.errors import BylineError
from tui.service.operations import Json

_POLICY = (
    "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; "
    "connect-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
FIELDS = ("question", "since", "until", "where", "in")
"""Names of the form's fields."""
_TEMPLATES = {"matches": "matches", "first": "answer", "answer": "answer", "error": "error"}
"""The macro that renders the data of an event."""


class Page:
    """Renders the page and its parts."""

    def __init__(self, token: str) -> None:
        self._token = token
        environment = Environment(
            loader=FileSystemLoader(Path(__file__).parent),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._page = environment.get_template("page.html.j2")
        self._parts = environment.get_template("parts.html.j2").module

    def response(self, fields: Json, result: str, status: int = 200) -> HTMLResponse:
        """Return the page with the form's fields and the result below them, which is HTML."""
        nonce = secrets.token_urlsafe(16)
        html = self._page.render(token=self._token, nonce=nonce, fields=fields, result=result)
        policy = {"Content-Security-Policy": _POLICY.format(nonce=nonce)}
        return HTMLResponse(html, status, policy)

    def answer(self, reply: Json) -> str:
        """Return a reply as HTML."""
        return self._part("answer", reply, is_final=True)

    def error(self, error: BylineError) -> str:
        """Return an error as HTML."""
        return self._part("error", {"error": error.message}, is_final=True)

    def fragment(self, event: str, data: Json) -> Json:
        """Return an event of a progressive answer with its data as HTML."""
        macro = _TEMPLATES.get(event)
        html = "" if macro is None else self._part(macro, data, is_final=event != "first")
        return {"html": html}

    def _part(self, macro: str, data: Json, is_final: bool) -> str:
        return str(getattr(self._parts, macro)(data, is_final))
