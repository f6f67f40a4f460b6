"""What every request must pass: host, origin, token and rate; and what every response must say."""

import hmac
import time
from collections.abc import Collection
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tui.web.origin import is_from_here

_BEARER = "Bearer "
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_POLICY = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'"


class Rate:
    """A limit on requests: so many each second, and as many at once."""

    def __init__(self, per_second: float) -> None:
        self._per_second = per_second
        self._left = per_second
        self._at = time.monotonic()

    def wait(self) -> float:
        """Count a request; return the seconds after which it may come again, 0 if it may now."""
        now = time.monotonic()
        self._left = min(self._per_second, self._left + (now - self._at) * self._per_second)
        self._at = now
        if self._left < 1:
            return (1 - self._left) / self._per_second
        self._left -= 1
        return 0.0


class Guard:
    """Refuses requests of other hosts and pages, without the token, and over the rate."""

    def __init__(self, app: ASGIApp, addresses: Collection[str], token: str, rate: Rate) -> None:
        self._app = app
        self._addresses = addresses
        self._token = token.encode()
        self._rate = rate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers[name] = value
                headers.setdefault("Content-Security-Policy", _POLICY)
            await send(message)

        app = self._refusal(scope) or self._app
        await app(scope, receive, guarded)

    def _refusal(self, scope: Scope) -> JSONResponse | None:
        headers = Headers(scope=scope)
        origin = headers.get("origin")
        if not is_from_here(headers.get("host", ""), origin, self._addresses):
            return _refused(403, f"Byline answers only at {', '.join(self._addresses)}")
        if not hmac.compare_digest(_token(headers, scope["query_string"]), self._token):
            return _refused(
                403, "the token is missing or wrong: see the address that Byline printed"
            )
        if wait := self._rate.wait():
            refused = _refused(429, "too many requests; try again in a moment")
            refused.headers["Retry-After"] = str(max(1, round(wait)))
            return refused
        return None


def _token(headers: Headers, query: bytes) -> bytes:
    """Return the token that a request names, in its header or its address; empty if none."""
    authorization = str(headers.get("authorization", ""))
    if authorization.startswith(_BEARER):
        return authorization.removeprefix(_BEARER).encode("utf-8", errors="replace")
    named = parse_qs(query.decode("latin-1")).get("token", [""])
    return named[-1].encode("utf-8", errors="replace")


def _refused(status: int, message: str) -> JSONResponse:
    return JSONResponse({"error": message}, status)
