"""Texts that would control a terminal or a chat, and what must never be written to one."""

import random
import re
import unicodedata
from collections.abc import Iterable, Iterator

CODE = "1337"
"""Part of every escape code of the payloads, and of none of Byline's."""
_ACTIONS = (
    "app.quit",
    "app.bell",
    "app.screenshot('x','/tmp')",
    "screen.export",
    "app.open_url('x')",
)
_CONTROLS = (
    f"\x1b[{CODE}m",
    f"\x1b[{CODE};1H",
    f"\x1b[?{CODE}h",
    f"\x1b]0;{CODE}\x07",
    f"\x1b]2;{CODE}\x1b\\",
    f"\x1b]52;c;{CODE}\x07",
    f"\x1b]8;;x:{CODE}\x1b\\link\x1b]8;;\x1b\\",
    f"\x1bP{CODE}q\x1b\\",
    "\x1bc",
    f"\x1b_G{CODE}\x1b\\",
    f"\x1b^{CODE}\x1b\\",
    f"\x1bX{CODE}\x1b\\",
    f"\x1b[{CODE}n",
    f"\x1b[21t{CODE}",
    f"\x9b{CODE}m",
    f"\x9d52;c;{CODE}\x9c",
    f"\x90q{CODE}\x9c",
    f"\x9e{CODE}\x9c",
    f"\x9f{CODE}\x9c",
    "\x84",
    "\x07",
    "\x08",
    "\x0b",
    "\x0c",
    "\x0e",
    "\x0f",
    "\x1a",
    "\x7f",
    "\r",
    "\r\n",
    "\n",
    "\t",
    "\x85",
    f"\x1b]1337;File=:{CODE}\x07",
    "\x1b#8",
    "\x1b(0",
    "\x05",
    "\x1b[c",
    "\x1b[6n",
    "\x1b",
)
_HIDDEN = (
    *"\u200b\u200c\u200d\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068"
    "\u2069\ufeff\xad\u061c\u180e\ufff9\ufffb\U000e0001\U000e0041\U000e007f\U0001d173\u034f\u115f\u1160"
    "\u3164\uffa0\u17b4\U000e0100\U000e01ef",
)
_SURROGATES = ("\ud800", "\udfff", "\udc9b", "\udc1b", "\udcff", "\ud83d")
_HTML = (
    "</script><img src=x onerror=alert(1)>",
    "<script>alert(1)</script>",
    "\" onload='alert(1)' x=\"",
    "--><svg onload=alert(1)>",
    "{{7*7}}{% raw %}",
    "javascript:alert(1)",
    "&lt;b&gt;",
    "</style><b>",
    "![x](http://x.example)",
    "[x](javascript:alert(1))",
    "\n# A heading\n",
    "\n```\n",
    "<!-- byline-quote {} -->",
)
WORDS = "the port is closed mill sold in May ship left for Prague nobody has money".split()


def payload(number: int, chance: random.Random) -> str:
    """Return a text of two or more attacks between plain words, made unique by its number."""
    parts = [f"p{number}"]
    for _ in range(chance.randint(2, 5)):
        parts += [chance.choice(WORDS), chance.choice(_KINDS)(chance)]
    return chance.choice(("", " ")).join(parts)


def payloads(count: int, chance: random.Random) -> list[str]:
    return [payload(number, chance) for number in range(count)]


def in_file(text: str) -> str:
    """Return a payload as one line of an article, without what UTF-8 cannot encode."""
    one_line = text.replace("\n", " ").replace("\0", "")
    return one_line.encode("utf-8", errors="ignore").decode()


def in_name(text: str) -> str:
    """Return a payload as a file name, cut to the bytes that a name may have."""
    kept = "".join(char for char in text if char not in "/\0" and not _is_lone(char))
    data = kept.encode("utf-8", errors="surrogateescape").removeprefix(b".")
    return data[:200].decode("utf-8", errors="surrogateescape")


def _is_lone(char: str) -> bool:
    """Whether a character is a surrogate that encodes no byte of a file name."""
    return "\ud800" <= char <= "\udfff" and not "\udc80" <= char <= "\udcff"


def faults(written: str, ours: re.Pattern[str]) -> Iterator[str]:
    """Yield what in a terminal's output is neither visible text nor one of Byline's sequences."""
    plain = ours.sub("", written)
    for char in sorted(set(plain) - {"\n"}):
        if is_forbidden(char):
            yield f"U+{ord(char):04X}"
    for match in ours.finditer(written):
        if CODE in match[0]:
            yield repr(match[0])


def is_forbidden(char: str) -> bool:
    """Whether a code point controls a terminal or is invisible."""
    return unicodedata.category(char) in {"Cc", "Cf", "Cs", "Zl", "Zp"} or char in _INVISIBLE


def action_links(metas: Iterable[dict[str, object]]) -> Iterator[str]:
    """Yield what in the styles of cells would run an action when clicked."""
    for meta in metas:
        for name, value in meta.items():
            if name.startswith("@") and (name, value) not in _SCROLLING:
                yield f"{name}={value}"


def _markup(chance: random.Random) -> str:
    action = chance.choice(_ACTIONS)
    return chance.choice(
        (
            f"[@click={action}]x[/]",
            f"[ @click={action}]y[/]",
            f"[@click={action}]z",
            "[/]",
            "[/red]",
            "[bold",
            f"[link=file:///etc/{CODE}]l[/link]",
            "[red on blue]r[/]",
            "[[",
            "\\[",
            "[@mouse.down=app.quit]m",
            f"[on @click={action}]",
            "[blink]",
            "[#ff0000]",
            "[$primary]",
            "[=]",
            "[@]",
            "[@click=]",
            ":smile:",
            f"[/][@click={action}]n",
            f"\\[@click={action}]s[/]",
            "[not bold]",
            "[reverse]",
            "[/@click]",
        )
    )


def _control(chance: random.Random) -> str:
    return chance.choice(_CONTROLS)


def _hidden(chance: random.Random) -> str:
    return "".join(chance.choice(_HIDDEN) for _ in range(chance.randint(1, 4)))


def _surrogate(chance: random.Random) -> str:
    return chance.choice(_SURROGATES)


def _web(chance: random.Random) -> str:
    return chance.choice(_HTML)


def _combining(chance: random.Random) -> str:
    return "e" + "".join(
        chr(chance.randint(0x300, 0x36F)) for _ in range(chance.choice((3, 60, 600)))
    )


def _wide(chance: random.Random) -> str:
    return chance.choice(
        ("👩\u200d👩\u200d👧", "🇵🇦🇵", "⚠\ufe0f", "﷽", "東京", "ﷺ" * 9, "x" * 300, "🏴\U000e0067")
    )


_KINDS = (_markup, _markup, _control, _control, _hidden, _surrogate, _web, _combining, _wide)
_SCROLLING = (("@mouse.down", "scroll_up"), ("@mouse.down", "scroll_down"), ("@mouse.down", "grab"))
"""The actions of Textual's scroll bars."""
_INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0") | {
    chr(code) for code in range(0xE0100, 0xE01F0)
}
"""Letters and marks that are invisible."""
