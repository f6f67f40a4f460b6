"""JSON Schemas of requests, made from their types, and of results, from byline.schema.json."""

import json
import re
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec

import tui.output
from tui.service.requests import Request

Schema = dict[str, Any]
_REFERENCE = re.compile(r'"#/\$defs/(\w+)"')


@cache
def definitions() -> dict[str, Schema]:
    """Return the definitions of all results, by name."""
    text = (files(tui.output) / "byline.schema.json").read_text(encoding="utf-8")
    found: dict[str, Schema] = json.loads(text)["$defs"]
    return found


def result_schema(name: str) -> Schema:
    """Return the schema of a result, complete in itself."""
    known, needed, left = definitions(), dict[str, Schema](), [name]
    while left:
        for one in _REFERENCE.findall(json.dumps(known[left.pop()])):
            if one not in needed:
                needed[one] = known[one]
                left.append(one)
    return {**known[name], **({"$defs": needed} if needed else {})}


def request_schema(request: type[Request]) -> Schema:
    """Return the schema of a request's arguments."""
    schema: Schema = msgspec.json.schema(request)["$defs"][request.__name__]
    return schema
