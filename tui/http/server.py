"""Serve the application on this machine until interrupted."""

import secrets
import socket

import click
import uvicorn

from index.errors import BadRequest, reason_of
from tui.http.app import build_app
from tui.service.service import Service

HOST = "127.0.0.1"
_BACKLOG = 2048
_ENDING = 5
"""Seconds that open requests have to end."""


def serve(service: Service, port: int, token: str, rate: float) -> None:
    """Serve until interrupted; port 0 is any free one. An empty token stands for a new one.

    Raises BadRequest if the port is not available.
    """
    token = token or secrets.token_urlsafe(32)
    with _listening(port) as listening:
        port = listening.getsockname()[1]
        app = build_app(service, token, [f"http://{HOST}:{port}", f"http://localhost:{port}"], rate)
        config = uvicorn.Config(
            app,
            access_log=False,
            log_level="warning",
            server_header=False,
            timeout_graceful_shutdown=_ENDING,
        )
        click.echo(
            f"Byline is running at http://{HOST}:{port}/?token={token} (Ctrl+C to stop)", err=True
        )
        uvicorn.Server(config).run(sockets=[listening])


def _listening(port: int) -> socket.socket:
    listening = socket.socket()
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((HOST, port))
        listening.listen(_BACKLOG)
    except OSError as error:
        listening.close()
        message = f"port {port}: {reason_of(error)}; choose another with --port"
        raise BadRequest(message) from error
    return listening
