"""The OpenAPI description, made from the same schemas as everything else that says what is what."""

import json
from functools import cache
from importlib.metadata import version
from typing import Any

from tui.service.operations import ASK, Operation
from tui.service.schema import definitions, request_schema

_JSON = "application/json"
_ERRORS = {
    "400": "The arguments are wrong; the message says which.",
    "403": "The token is missing or wrong, or another host or origin was named.",
    "408": "The body did not arrive in time.",
    "413": "The body is too large.",
    "415": "The body is no JSON.",
    "429": "Too many requests; Retry-After says when to try again.",
    "503": "Too many requests wait (Retry-After says when to try again), or the index or a model "
    "cannot be used.",
}
_EVENTS = (
    "Server-sent events, as they come about: `searching`; `matches`, the passages that match by "
    "keywords (as `find`); `first`, the reply of the first of two readers; `answer`, the reply; "
    "or `error`."
)


@cache
def description(operations: tuple[tuple[str, Operation], ...]) -> str:
    """Return the description of operations by their paths, as JSON."""
    components = {**definitions(), "problem": _PROBLEM} | {
        operation.request.__name__: request_schema(operation.request) for _, operation in operations
    }
    document = {
        "openapi": "3.1.0",
        "info": {
            "title": "Byline",
            "version": version("byline"),
            "summary": "Answers from your articles, quoted letter for letter with path and line.",
        },
        "paths": {path: _methods(operation) for path, operation in operations},
        "components": {
            "schemas": components,
            "securitySchemes": {
                "header": {"type": "http", "scheme": "bearer"},
                "address": {"type": "apiKey", "in": "query", "name": "token"},
            },
        },
        "security": [{"header": []}, {"address": []}],
    }
    return json.dumps(document).replace('"#/$defs/', '"#/components/schemas/')


_PROBLEM = {
    "description": "What is wrong, in one line.",
    "type": "object",
    "properties": {"error": {"type": "string"}},
    "required": ["error"],
    "additionalProperties": False,
}


def _methods(operation: Operation) -> dict[str, Any]:
    shared = {"summary": operation.title, "description": operation.description}
    reference = {"$ref": f"#/components/schemas/{operation.request.__name__}"}
    return {
        "get": {
            **shared,
            "operationId": operation.name,
            "parameters": _parameters(operation),
            "responses": _responses(operation),
        },
        "post": {
            **shared,
            "operationId": f"post_{operation.name}",
            "requestBody": {"required": True, "content": {_JSON: {"schema": reference}}},
            "responses": _responses(operation),
        },
    }


def _parameters(operation: Operation) -> list[dict[str, Any]]:
    schema = request_schema(operation.request)
    parameters = [
        {
            "name": name,
            "in": "query",
            "required": name in schema["required"],
            "description": one.get("description", ""),
            "schema": one,
        }
        for name, one in schema["properties"].items()
    ]
    if operation is ASK:
        flag = {"type": "string", "enum": ["1"]}
        stream = {"name": "stream", "in": "query", "description": _EVENTS, "schema": flag}
        parameters.append(stream)
    return parameters


def _responses(operation: Operation) -> dict[str, Any]:
    result = {"$ref": f"#/components/schemas/{operation.result}"}
    content: dict[str, Any] = {_JSON: {"schema": result}}
    if operation is ASK:
        content["text/event-stream"] = {"schema": {"type": "string", "description": _EVENTS}}
    problem = {_JSON: {"schema": {"$ref": "#/components/schemas/problem"}}}
    errors = {code: {"description": said, "content": problem} for code, said in _ERRORS.items()}
    return {"200": {"description": "The result.", "content": content}, **errors}
