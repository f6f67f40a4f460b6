"""The application: what can be asked, its description, and a page to ask in."""

from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from index.errors import BadRequest, BylineError
from tui.http.arguments import form_fields, typed_arguments
from tui.http.guard import Guard, Rate
from tui.http.openapi import description
from tui.http.page import FIELDS, Page
from tui.output.json_output import json_line
from tui.service.operations import ASK, CHECK, FIND, LIST_ARTICLES, SHOW, VERIFY, Json, Operation
from tui.service.progress import Event, progress
from tui.service.requests import Ask
from tui.service.service import Busy, Service, parsed

Endpoint = Callable[[Request], Awaitable[Response]]
PATHS = (
    ("/ask", ASK),
    ("/find", FIND),
    ("/show", SHOW),
    ("/articles", LIST_ARTICLES),
    ("/verify", VERIFY),
    ("/check", CHECK),
)
RATE = 500.0
"""Requests a second."""
_RETRY_AFTER = 2
"""Seconds."""
_EVENTS = "text/event-stream"


def build_app(
    service: Service, token: str, addresses: Collection[str], rate: float = RATE
) -> Starlette:
    """Return an application for a service, which is closed with it.

    Requests must name the token and one of the addresses, such as `http://127.0.0.1:8018`.
    """

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        await service.close()

    return Starlette(
        routes=[
            *(Route(path, _operation(service, one), methods=_METHODS) for path, one in PATHS),
            Route("/healthz", _health),
            Route("/openapi.json", _description),
            Route("/", _page(service, Page(token)), methods=_METHODS),
        ],
        middleware=[Middleware(Guard, addresses=addresses, token=token, rate=Rate(rate))],
        exception_handlers={HTTPException: _http_problem, BylineError: _problem},
        lifespan=lifespan,
    )


_METHODS = ["GET", "POST"]


def _operation(service: Service, operation: Operation) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        typed = await typed_arguments(request, operation)
        if isinstance(typed, Ask) and _wants_events(request):
            events = progress(service, typed)
            return StreamingResponse(_stream(events, lambda _, data: data), media_type=_EVENTS)
        return _json(await service.run(operation, typed))

    return endpoint


def _page(service: Service, page: Page) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        if request.method != "POST":
            return page.response(dict.fromkeys(FIELDS, ""), "")
        fields = await form_fields(request, FIELDS)
        try:
            several = {name: [fields[name]] for name in ("in", "where") if fields[name]}
            typed = parsed(Ask, {**fields, "in": [], "where": [], **several}, strict=True)
            if _wants_events(request):
                events = _stream(progress(service, typed), page.fragment)
                return StreamingResponse(events, media_type=_EVENTS)
            reply = await service.run(ASK, typed)
        except BylineError as error:
            if _wants_events(request):
                raise
            return page.response(fields, page.error(error), _status(error))
        return page.response(fields, page.answer(reply))

    return endpoint


async def _stream(
    events: AsyncIterator[Event], form: Callable[[str, Json], Json]
) -> AsyncIterator[bytes]:
    """Yield server-sent events, the data of each in some form."""
    try:
        async for name, data in events:
            yield f"event: {name}\ndata: {json_line(form(name, data))}\n\n".encode("ascii")
    except BylineError as error:
        data = {"error": error.message}
        yield f"event: error\ndata: {json_line(form('error', data))}\n\n".encode("ascii")


def _wants_events(request: Request) -> bool:
    accepted = str(request.headers.get("accept", ""))
    return _EVENTS in accepted or bool(request.query_params.get("stream"))


async def _health(_: Request) -> Response:
    return JSONResponse({"status": "ok"})


async def _description(_: Request) -> Response:
    return Response(description(PATHS), media_type="application/json")


def _json(value: Json, status: int = 200) -> Response:
    return Response(json_line(value), status, media_type="application/json")


async def _problem(_: Request, error: Exception) -> Response:
    assert isinstance(error, BylineError)
    response = _json({"error": error.message}, _status(error))
    if isinstance(error, Busy):
        response.headers["Retry-After"] = str(_RETRY_AFTER)
    return response


def _status(error: BylineError) -> int:
    return 400 if isinstance(error, BadRequest) else 503


async def _http_problem(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    response = _json({"error": error.detail}, error.status_code)
    response.headers.update(error.headers or {})
    return response
