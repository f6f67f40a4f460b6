"""Records as lines of ASCII JSON, for any text that file names and questions can hold."""

import json
from typing import Any, Generic, TypeVar

import msgspec

Record = TypeVar("Record")


def encode_line(record: object) -> str:
    """Return a msgspec structure or a dataclass as one line of JSON, without its line end."""
    # msgspec's own encoder rejects lone surrogates, which represent odd bytes in file names.
    builtins = msgspec.to_builtins(record)
    line = json.dumps(builtins, ensure_ascii=True, separators=(",", ":"))
    return line.replace("\x7f", "\\u007f")


class LineDecoder(Generic[Record]):
    """Decodes lines into records of one type or one tagged union."""

    def __init__(self, kind: Any) -> None:  # noqa: ANN401  a union is not a `type`
        self._kind = kind
        self._decoder: msgspec.json.Decoder[Record] = msgspec.json.Decoder(kind)

    def decode(self, line: bytes) -> Record:
        """Decode a line. Raises ValueError with the reason if it is not such a record."""
        try:
            return self._decode(line)
        except (msgspec.MsgspecError, ValueError, RecursionError) as error:
            raise ValueError(str(error)) from error

    def _decode(self, line: bytes) -> Record:
        try:
            return self._decoder.decode(line)
        except msgspec.ValidationError:
            raise
        except msgspec.DecodeError:  # for a lone surrogate, too
            record: Record = msgspec.convert(json.loads(line), self._kind)
            return record
