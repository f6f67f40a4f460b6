"""Serves the chat to browsers on this machine; others, and pages of other sites, are refused."""

import shlex
import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from aiohttp import web
from textual_serve.server import Server

_HOST = "localhost"
_POLICY = (
    "default-src 'self'; connect-src 'self' ws://{host}; img-src 'self' data:; "
    "style-src 'self' 'unsafe-inline'; script-src 'self'; frame-ancestors 'none'"
)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class LocalServer(Server):
    """Textual's server, for requests that name this machine and come from its own page."""

    def __init__(self, arguments: Sequence[str], port: int) -> None:
        # The server hands its command to a shell.
        command = shlex.join([sys.executable, "-m", "tui", "chat", *arguments])
        super().__init__(command, _HOST, port, title="Byline", templates_path=Path(__file__).parent)

    async def _make_app(self) -> web.Application:
        app = await super()._make_app()
        app.middlewares.append(self._only_from_here)
        return app

    @web.middleware
    async def _only_from_here(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Refuse what another site's page may send: it names another host, or another origin.

        Without it any page that is open in the browser could talk to the chat, by a name that leads
        to this machine, or straight to its socket, which browsers let pages of any origin open.
        """
        here = {f"{name}:{self.port}" for name in (_HOST, "127.0.0.1")}
        origin = request.headers.get("Origin", f"http://{request.host}")
        if request.host not in here or origin != f"http://{request.host}":
            raise web.HTTPForbidden(text="Byline answers only pages of its own.")
        response = await handler(request)
        if not response.prepared:
            response.headers["Content-Security-Policy"] = _POLICY.format(host=request.host)
            response.headers["X-Content-Type-Options"] = "nosniff"
        return response

    async def on_startup(self, app: web.Application) -> None:
        """Say where it is."""
        self.console.print(f"Byline is at {self.public_url} (ctrl+c ends it)", markup=False)
