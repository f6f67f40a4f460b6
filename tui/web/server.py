"""Serve the chat to browsers on this machine; other machines and sites are refused."""

import asyncio
import shlex
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import click
from aiohttp import web
from textual_serve.server import Server

from index.errors import BadRequest, reason_of
from tui.jobs.python import PYTHON
from tui.web.origin import is_from_here

COMMAND = (*PYTHON, "-m", "tui", "chat")
"""Starts the chat for one page; options follow."""
_HERE = Path(__file__).parent
_HOST = "localhost"
_POLICY = (
    "default-src 'self'; connect-src 'self' ws://{host}; img-src 'self' data:; "
    "style-src 'self' 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'; "
    # No pop-ups: the terminal turns every address in an article into a link.
    "sandbox allow-scripts allow-same-origin"
)
_SHUTDOWN_TIMEOUT = 10.0
"""Seconds that the chats of open pages have to end."""
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class LocalServer(Server):
    """Textual's server, limited to requests for this machine from its own page."""

    def __init__(self, arguments: Sequence[str], port: int) -> None:
        # Textual's server passes its command to a shell.
        command = f"exec {shlex.join([*COMMAND, *arguments])}"
        self._chats: set[asyncio.Future[web.WebSocketResponse]] = set()
        super().__init__(command, _HOST, port, title="Byline", templates_path=_HERE)

    def serve(self, debug: bool = False) -> None:
        """Serve until interrupted. Raises BadRequest if the port is not available."""
        try:
            web.run_app(
                self._make_app(),
                host=_HOST,
                port=self.port,
                shutdown_timeout=_SHUTDOWN_TIMEOUT,
                access_log=None,
                print=self._announce,
            )
        except OSError as error:
            message = f"port {self.port}: {reason_of(error)}; choose another with --port"
            raise BadRequest(message) from error

    async def _make_app(self) -> web.Application:
        app = await super()._make_app()
        app.middlewares.append(self._only_same_origin)
        app.router.add_get("/page.js", _page_script)
        return app

    @web.middleware
    async def _only_same_origin(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Refuse requests from pages of other sites, by their host and origin.

        Otherwise any page open in the browser could talk to the chat, through a name that resolves
        to this machine, or directly through its socket, which pages of any origin may open.
        """
        if not is_from_here(request.host, request.headers.get("Origin"), [self.public_url]):
            raise web.HTTPForbidden(text=f"Byline answers only at {self.public_url}\n")
        response = await handler(request)
        if not response.prepared:
            response.headers["Content-Security-Policy"] = _POLICY.format(host=request.host)
            response.headers["X-Content-Type-Options"] = "nosniff"
        return response

    async def handle_websocket(self, request: web.Request) -> web.WebSocketResponse:
        """Run the chat of a page until either ends."""
        chat = asyncio.ensure_future(super().handle_websocket(request))
        self._chats.add(chat)
        try:
            return await chat
        finally:
            self._chats.remove(chat)

    async def on_shutdown(self, app: web.Application) -> None:
        """End the chats of open pages; they would outlive the server."""
        for chat in self._chats:
            chat.cancel()
        if self._chats:
            await asyncio.wait(self._chats, timeout=_SHUTDOWN_TIMEOUT)

    async def on_startup(self, app: web.Application) -> None:
        """Print nothing yet: the port may be taken."""

    def _announce(self, _: str) -> None:
        click.echo(f"Byline is running at {self.public_url} (Ctrl+C to stop)", err=True)


async def _page_script(_: web.Request) -> web.FileResponse:
    return web.FileResponse(_HERE / "page.js")
