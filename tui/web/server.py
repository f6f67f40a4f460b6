"""Serves the chat to browsers on this machine; others, and pages of other sites, are refused."""

import asyncio
import shlex
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import click
from aiohttp import web
from textual_serve.server import Server

from index.errors import BadRequest, reason_of
from tui.jobs.python import PYTHON

COMMAND = (*PYTHON, "-m", "tui", "chat")
"""Starts the chat of one page; options follow."""
_HERE = Path(__file__).parent
_HOST = "localhost"
_POLICY = (
    "default-src 'self'; connect-src 'self' ws://{host}; img-src 'self' data:; "
    "style-src 'self' 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'; "
    # No windows are opened: the terminal would make a link of every address in an article.
    "sandbox allow-scripts allow-same-origin"
)
_PATIENCE = 10.0
"""Seconds that the chats of open pages have to end when the server ends."""
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class LocalServer(Server):
    """Textual's server, for requests that name this machine and come from its own page."""

    def __init__(self, arguments: Sequence[str], port: int) -> None:
        # The server hands its command to a shell.
        command = f"exec {shlex.join([*COMMAND, *arguments])}"
        self._chats: set[asyncio.Future[web.WebSocketResponse]] = set()
        super().__init__(command, _HOST, port, title="Byline", templates_path=_HERE)

    def serve(self, debug: bool = False) -> None:
        """Serve until interrupted. Raises BadRequest where the port cannot be had."""
        try:
            web.run_app(
                self._make_app(),
                host=_HOST,
                port=self.port,
                shutdown_timeout=_PATIENCE,
                access_log=None,
                print=self._tell,
            )
        except OSError as error:
            raise BadRequest(f"port {self.port}: {reason_of(error)}; another: --port N") from error

    async def _make_app(self) -> web.Application:
        app = await super()._make_app()
        app.middlewares.append(self._only_from_here)
        app.router.add_get("/page.js", _page_script)
        return app

    @web.middleware
    async def _only_from_here(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Refuse what another site's page may send: it names another host, or another origin.

        Without it any page that is open in the browser could talk to the chat, by a name that leads
        to this machine, or straight to its socket, which browsers let pages of any origin open.
        """
        named = f"http://{request.host}"
        if named != self.public_url or request.headers.get("Origin", named) != named:
            raise web.HTTPForbidden(text=f"Byline answers only at {self.public_url}\n")
        response = await handler(request)
        if not response.prepared:
            response.headers["Content-Security-Policy"] = _POLICY.format(host=request.host)
            response.headers["X-Content-Type-Options"] = "nosniff"
        return response

    async def handle_websocket(self, request: web.Request) -> web.WebSocketResponse:
        """Run the chat of a page until one of the two ends."""
        chat = asyncio.ensure_future(super().handle_websocket(request))
        self._chats.add(chat)
        try:
            return await chat
        finally:
            self._chats.remove(chat)

    async def on_shutdown(self, app: web.Application) -> None:
        """End the chats of open pages, which would outlive the server."""
        for chat in self._chats:
            chat.cancel()
        if self._chats:
            await asyncio.wait(self._chats, timeout=_PATIENCE)

    async def on_startup(self, app: web.Application) -> None:
        """Tell nothing: the port may be taken."""

    def _tell(self, _: str) -> None:
        click.echo(f"Byline is at {self.public_url} (ctrl+c ends it)", err=True)


async def _page_script(_: web.Request) -> web.FileResponse:
    return web.FileResponse(_HERE / "page.js")
