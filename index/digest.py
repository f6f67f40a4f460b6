"""A line of JSON with its SHA-256 on the line below: what is read is what was written."""

import hashlib


def with_digest(line: bytes) -> bytes:
    """Put the digest below a line, as a JSON string."""
    return b'%s\n"%s"\n' % (line, hashlib.sha256(line).hexdigest().encode())


def without_digest(data: bytes) -> bytes:
    """Give the line. Raises ValueError where the digest is not the line's."""
    line, _, _ = data.partition(b"\n")
    if data != with_digest(line):
        raise ValueError("it is not as it was written")
    return line
