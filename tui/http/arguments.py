"""The arguments of a request: of its address, of JSON, or of a form."""

import asyncio
from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qs

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

from index.errors import BadRequest
from tui.service.operations import Operation
from tui.service.requests import Request as Typed
from tui.service.schema import request_schema
from tui.service.service import parsed

MAX_BODY = 1024 * 1024
"""Bytes."""
_BODY_TIMEOUT = 10.0
"""Seconds in which a body must arrive."""
_NOT_ARGUMENTS = ("token", "stream")
"""Names in an address that are not arguments of what is asked."""


async def typed_arguments(request: Request, operation: Operation) -> Typed:
    """Return the arguments of a request. Raises BadRequest or HTTPException."""
    if request.method == "POST":
        return parsed(operation.request, _json(await body(request, "application/json")), True)
    repeated = _repeated(operation)
    arguments: dict[str, Any] = {}
    for name, value in request.query_params.multi_items():
        if name in repeated:
            arguments.setdefault(name, []).append(value)
        elif name not in _NOT_ARGUMENTS:
            arguments[name] = value
    return parsed(operation.request, arguments, strict=False)


async def form_fields(request: Request, names: Sequence[str]) -> dict[str, str]:
    """Return the last value of each field of a form; empty without it. Raises HTTPException."""
    sent = await body(request, "application/x-www-form-urlencoded")
    try:
        fields = parse_qs(sent.decode("latin-1"), max_num_fields=10)
    except ValueError as error:
        raise HTTPException(400, "this is no form of Byline") from error
    return {name: fields.get(name, [""])[-1].strip() for name in names}


def _repeated(operation: Operation) -> set[str]:
    properties = request_schema(operation.request)["properties"]
    return {name for name, schema in properties.items() if schema.get("type") == "array"}


def _json(sent: bytes) -> dict[str, Any]:
    try:
        return msgspec.json.decode(sent, type=dict[str, Any])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise BadRequest(f"the body is no JSON object: {error}") from error


async def body(request: Request, content_type: str) -> bytes:
    """Return the body of a request. Raises HTTPException if of another type, large or slow."""
    if request.headers.get("content-type", "").split(";")[0].strip().lower() != content_type:
        raise HTTPException(415, f"send the arguments as {content_type}")
    received = bytearray()
    try:
        async with asyncio.timeout(_BODY_TIMEOUT):
            async for part in request.stream():
                received += part
                if len(received) > MAX_BODY:
                    raise HTTPException(413, f"the body is over the limit of {MAX_BODY:,} bytes")
    except TimeoutError as error:
        raise HTTPException(408, "the body did not arrive in time") from error
    except ClientDisconnect as error:
        raise HTTPException(400, "the body is incomplete") from error
    return bytes(received)
