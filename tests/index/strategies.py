import codecs
from collections.abc import Callable

from hypothesis import strategies as st

WORDS = ("Panama", "signed", "the treaty", "U.S.", "Dr. Ng", "café", "naïve", "e\u0301te\u0301")
NASTY = (
    ". ", "! ", "? ", ".\n", ".\r\n", "\r", "\n", "\n\n", "\r\n\r\n", "\u2028", "\u2029", "\x85",
    "\x0b", "\x0c", "\x1c", "\t", "\xa0", "\ufeff", "\u200b", "😀", "👩\u200d👧",
    "東京。", "“", "”", "’", "…",
    "\U0001f1f5\U0001f1e6", "\u010a", "\u0a0d", "a" * 90, "- ", "# ", "## Why?\n", "1. ", "> ",
    "---", "Share\n", "(Reuters)", "12.5", "12 May 2010", "| a | b |\n|--|--|\n", "```\n",
    "  - ", "Ann: ", "<!-- ", "-->", "key: value\n", "[a](b)", "[[a|b]]", "**", "[^a]", "===\n",
    "\f", "wo-\n", "\u00ad", "ﬁ", "[12:03] ", "&amp;", "\u0301",
)  # fmt: skip

nasty_text = st.lists(
    st.one_of(st.sampled_from(WORDS), st.just(" "), st.sampled_from(NASTY), st.text(max_size=4)),
    max_size=60,
).map("".join)

_CODINGS: tuple[Callable[[str], bytes], ...] = (
    lambda text: text.encode(errors="replace"),
    lambda text: codecs.BOM_UTF8 + text.encode(errors="replace"),
    lambda text: codecs.BOM_UTF16_LE + text.encode("utf-16-le", errors="replace"),
    lambda text: codecs.BOM_UTF16_BE + text.encode("utf-16-be", errors="replace"),
    lambda text: text.encode("windows-1252", errors="replace") + b" \x93odd\x94 \x81\x8d. So.",
    lambda text: b"\xe9 \x81" + f"{text} é€😀ß".encode(errors="replace") + b" \xe2\x80\x93odd\x94.",
)

nasty_bytes = st.tuples(nasty_text, st.sampled_from(_CODINGS)).map(lambda pair: pair[1](pair[0]))


def unit(encoding: str) -> int:
    """Bytes in a code unit."""
    return 2 if encoding.startswith("utf-16") else 1


def lf(encoding: str) -> bytes:
    return {"utf-16-le": b"\n\0", "utf-16-be": b"\0\n"}.get(encoding, b"\n")


def bom(encoding: str, data: bytes) -> int:
    """Length of the byte order mark at the start of the bytes."""
    return 2 if encoding.startswith("utf-16") else 3 * data.startswith(codecs.BOM_UTF8)


def position_by_bytes(data: bytes, encoding: str, byte: int) -> tuple[int, int]:
    """Count line and column of a byte offset by splitting the file's bytes on LF code units."""
    start = bom(encoding, data)
    step, end = unit(encoding), lf(encoding)
    units = [data[at : at + step] for at in range(start, byte, step)]
    line = 1 + units.count(end)
    last = len(units) - units[::-1].index(end) if end in units else 0
    return line, 1 + len(decode_slice(b"".join(units[last:]), encoding))


def decode_slice(data: bytes, encoding: str) -> str:
    """Decode a slice of an article's bytes as the article itself was decoded."""
    if encoding == "mixed":
        return _decode_mixed(data)
    codec = "utf-8" if encoding == "utf-8-sig" else encoding
    return data.decode(codec, errors="replace")


def _decode_mixed(data: bytes) -> str:
    """Decode one character after another: the shortest bytes that are UTF-8, or else one byte."""
    text, at = "", 0
    while at < len(data):
        for length in range(1, 5):
            try:
                text += data[at : at + length].decode()
            except UnicodeDecodeError:
                continue
            break
        else:
            length = 1
            text += data[at : at + 1].decode("windows-1252", errors="replace")
        at += length
    return text
