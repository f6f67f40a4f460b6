"""Paragraphs that are hardly part of an article: share bars, notices, captions.

They rank below the article's text; they are found and quoted like it.
"""

import re
import unicodedata
from collections.abc import Sequence

_SHORT = 200
"""Code points; a longer paragraph is boilerplate only if it is worded as a notice."""

MAX_LENGTH = 4_000
"""Code points; a longer paragraph is never boilerplate, and is not normalised."""
_SENTENCE_END = tuple('.!?"”')
TOP = 12
"""Paragraphs at the top of a file, where headline and dateline are expected."""
_CLOSE = 3
"""Limit on the paragraphs from one copy of a caption to the other."""

_BUTTON = (
    r"(?:share|tweet|e-?mail|print|pin(?: it)?|post|save|like|comments?|reply|copy link|more|menu|"
    r"facebook|twitter|x|whatsapp|linkedin|reddit|telegram|pinterest|instagram|youtube|rss|"
    r"flipboard|messenger|bluesky|mastodon|threads|listen|subscribe|follow|home|search|login|"
    r"log in|sign in|register|skip|close|next|previous|back to top|top|gallery|video|photos?)"
)
_CREDIT = (
    r"(?:ap|afp|reuters|epa|getty(?: images)?|ap photo|pa|dpa|tass|itar-tass|ria novosti|alamy|"
    r"shutterstock|istock|xinhua|upi|bloomberg)"
)
_CRUMB = r"[\w&’'-]+(?: [\w&’'-]+){0,3}"
"""A step of a breadcrumb trail, up to four words."""

_BOILERPLATE_LINES = (
    rf"{_BUTTON}(?:[\s|/·•,&+:()0-9-]+(?:{_BUTTON}|on|this|article|story|via))*[\s:|0-9]*",
    r"(?:follow|find|like|join) us(?: on\b.*| ?:.*)?",
    r"click (?:here )?to (?:follow|share|enlarge|expand|subscribe|read|print|e-?mail)\b.*",
    r"(?:please )?(?:sign|log) (?:up|in|on) (?:to|for|now|here|below|with)\b.*",
    r"(?:please (?:select|choose|enter|confirm|tick)|(?:enter|type) your e-?mail)\b.*",
    r"(?:subscribe|register) (?:to|for|now|today|here)\b.*",
    r"(?:get|receive)\b.*\b(?:inbox|newsletters?|(?:e-?mail|news) (?:updates?|alerts?))\b.*",
    r"(?:try|join|our)\b.*\bnewsletters?\b.*",
    r"thank you for (?:signing up|subscribing|registering)\b.*",
    r"(?:we|this (?:web)?site|our (?:web)?site|by (?:continuing|using|browsing|clicking))\b.*"
    r"\b(?:use of cookies|(?:uses?|set|store) (?:\w+ ){0,2}cookies|privacy (?:policy|notice)|"
    r"terms (?:of (?:use|service)|and conditions))\b.*",
    r"(?:accept|reject|manage|allow)(?: all)? cookies?\b.*",
    r"(?:story|article|page|text) continues (?:below|after)\b.*",
    r"(?:- ?)?(?:advertise?ment(?: feature)?|sponsored(?: content)?|promoted|paid post)(?: ?-)?",
    r"(?:image|photo|picture|photograph|video|file photo|illustration|graphic|caption)s?"
    r"(?: (?:source|credit|caption|by|courtesy|copyright))?\s?[:/©].*",
    r"[\[(]\s?(?:photo|image|picture|video|graphic|caption)s?\b.*",
    r"(?:source|sources|agency|agencies) ?: ?[\w ,/.&-]{1,60}",
    r"(?:©|\(c\)|copyright\s*(?:©|\(c\)|\d{4})).*",
    r"this (?:article|material|page) (?:was|has been|may|is|first)\b.*"
    r"(?:published|reproduced|updated|copyright|republished|redistributed).*",
    r"comments (?:are|have been) (?:closed|disabled|turned off|moderated)\b.*",
    r"(?:\d+ comments?|leave a (?:comment|reply)|be the first to (?:comment|reply|share)|"
    r"join the (?:conversation|discussion|debate)|report (?:this|an) (?:error|comment|ad)|"
    r"spotted an? (?:error|mistake|typo)|got a (?:story|tip))\b.*",
    r"(?:tags?|topics|filed under|keywords|categor(?:y|ies)|sections?) ?:.*",
    r"\d+ (?:min(?:ute)?s?|hours?|days?) (?:read|ago)",
    r"(?:please enable javascript|your browser (?:does not|is not|doesn't))\b.*",
)
"""Patterns of complete lines that are boilerplate, however they end; all are in lower case."""

_MARKED_LINES = (
    rf"{_CRUMB}(?: [>»›|] {_CRUMB})+",
    r".*[\[(]\s?(?:photo|image|picture|file|credit)s?\b[^\])]*[\])]\.?",
    rf".*(?:\[|[/|]\s?|[^.!?\"”’\s]\s?\()\s?(?:[\w .'-]+/)?{_CREDIT}(?:/[\w .'-]+)?\s?[\])]?\.?",
    r".*\b(?:all rights reserved|"
    r"may not be (?:re)?(?:published|produced|printed|broadcast|written|distributed))\b.*",
)
"""More of them, which fail slowly; each needs what `_MARK` finds."""

_LINK_LINES = (
    r"share (?:this|on|via|with)\b.*",
    r"(?:related|recommended|trending|popular|latest|further)"
    r"(?: (?:articles?|stories|story|news|topics?|links?|content|reading|videos?))?\s*[:>»]*",
    r"(?:most (?:read|popular|viewed|shared)|top stories|editor'?s'? (?:picks?|choice)|up next|"
    r"more (?:from|on|about|stories|news)|you (?:may|might) (?:also )?like|what to read next)\b.*",
    r"(?:read|see|watch|view|continue|show|load)(?: (?:more|also|next|all|full|the full|on|"
    r"reading))+\b.*",
    r"(?:also read|see also|read|watch|listen|latest|related|more|gallery|podcast|video|"
    r"in pictures|in photos) ?:.*",
)
"""Patterns of complete lines that link elsewhere; a line that ends like a sentence does not."""

_NOTICES = (
    r"\bunsubscribe\b",
    r"\bmailchimp\b",
    r"\b(?:join|on|from|to|our) (?:our |the |this |a )?mailing lists?\b",
    r"\bby subscribing\b",
    r"\bmarketing platform\b",
    r"\b(?:accept(?: all)?|reject|(?:we|site|website) (?:uses?|sets?)) cookies\b",
    r"\bcookie (?:policy|settings|notice|preferences)\b",
    r"\bin the footer of our e-?mails\b",
    r"\bsign up (?:to|for) (?:our|the) [\w -]{0,30}newsletters?\b",
)
"""Wording of notices, in paragraphs of any length."""


def _any_of(patterns: Sequence[str]) -> re.Pattern[str]:
    """Compile patterns of text in lower case; without `IGNORECASE` they fail much faster."""
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.DOTALL)


_LINE = _any_of([*_BOILERPLATE_LINES, *(rf"(?:{link})(?<![.!?\"”])" for link in _LINK_LINES)])
_MARKED_LINE = _any_of(_MARKED_LINES)
_MARK = re.compile(r"[\[(/|>»›]|all rights|may not be")
"""What all lines of `_MARKED_LINES` have."""
_NOTICE = _any_of(_NOTICES)
_NOTICE_WORD = re.compile(
    "unsubscribe|mailchimp|mailing list|by subscribing|marketing platform|cookie|"
    "in the footer of|sign up"
)
"""What all notices have."""
_SPEECH = re.compile(
    r"\b(?:said|says|told|added|asked|answered|replied|wrote|joked|recalled|explained|argued)\b"
)
"""Words that report what somebody said: a sentence with one is the article's."""
_WORD_CHARACTER = re.compile(r"[^\W_]")


def repeated(plain: Sequence[str]) -> frozenset[int]:
    """Return the indexes, from 0, of the normalised paragraphs that repeat others.

    The first copy does too if it is not a sentence and appears at the top or close to the second,
    like headlines and captions.
    """
    first: dict[str, int] = {}
    found: set[int] = set()
    for index, text in enumerate(plain):
        earlier = first.setdefault(text, index)
        if earlier == index:
            continue
        found.add(index)
        is_line = len(text) <= _SHORT and not text.endswith(_SENTENCE_END)
        if is_line and (earlier < TOP or index - earlier <= _CLOSE):
            found.add(earlier)
    return frozenset(found)


def is_boilerplate(line: str) -> bool:
    """Return whether the words of a normalised paragraph make it boilerplate."""
    if not _WORD_CHARACTER.search(line):
        return True
    if len(line) > MAX_LENGTH:
        return False
    words = line.lower()
    return (_is_line(words) or _is_notice(words)) and not _SPEECH.search(line)


def _is_line(words: str) -> bool:
    if len(words) > _SHORT:
        return False
    if _LINE.fullmatch(words):
        return True
    return bool(_MARK.search(words) and _MARKED_LINE.fullmatch(words))


def _is_notice(words: str) -> bool:
    return bool(_NOTICE_WORD.search(words) and _NOTICE.search(words))


def normalised(line: str) -> str:
    """Fold white space and typography, so that repeats compare equal; long lines stay as is."""
    if len(line) > MAX_LENGTH:
        return line
    if not line.isascii():
        line = unicodedata.normalize("NFKC", line).replace("’", "'").replace("‘", "'")
    return " ".join(line.split()).strip("*_#>").strip()
