"""Paragraphs in an article's file that are not the article: share bars, notices, captions."""

import re
import unicodedata
from collections.abc import Sequence

_SHORT = 200
"""Code points; a longer line is a paragraph, and only a notice's own wording makes it boilerplate."""

_HEADER = 12
"""Paragraphs at the top of a file that a headline is among."""
_CLOSE = 3
"""Paragraphs between the two copies of a caption, at most."""

_BUTTON = (
    r"share|tweet|e-?mail|print|pin(?: it)?|post|save|like|comments?|reply|copy link|more|menu|"
    r"facebook|twitter|x|whatsapp|linkedin|reddit|telegram|pinterest|instagram|youtube|rss|"
    r"flipboard|messenger|bluesky|mastodon|threads|listen|subscribe|follow|home|search|login|"
    r"log in|sign in|register|skip|close|next|previous|back to top|top|gallery|video|photos?"
)
_CREDIT = (
    r"ap|afp|reuters|epa|getty(?: images)?|ap photo|pa|dpa|tass|itar-tass|ria novosti|alamy|"
    r"shutterstock|istock|xinhua|upi|bloomberg"
)
_CRUMB = r"[\w&’'-]+(?: [\w&’'-]+){0,3}"
"""A step of a bread-crumb trail, up to four words."""
_LINES = re.compile(
    "|".join(
        f"(?:{pattern})"
        for pattern in (
            rf"(?:{_BUTTON})(?:[\s|/·•,&+:()0-9-]+(?:{_BUTTON}|on|this|article|story|via))*[\s:|0-9]*",
            r"(?:follow|find|like|join) us(?: on)?\b.*",
            r"share (?:this|on|via|with)\b.*",
            r"click (?:here )?to (?:follow|share|enlarge|expand|subscribe|read|print|email)\b.*",
            r"(?:please )?(?:sign|log) (?:up|in|on) (?:to|for|now|here|below|with)\b.*",
            r"(?:get|receive) (?:the best|the latest|our|breaking|daily|all the)\b.*"
            r"(?:inbox|e-?mail|newsletters?|updates?|alerts?)\b.*",
            r"please (?:select|choose|enter|confirm|tick|check)\b.*",
            r"(?:subscribe|register) (?:to|for|now|today|here)\b.*",
            r".*\bour (?:[\w-]+ ){0,3}newsletters?\b.*",
            r"(?:get|try|join|receive|subscribe to|sign up)\b.*\bnewsletters?\b.*",
            r"thank you for (?:signing up|subscribing|registering)\b.*",
            r"(?:enter|type) your e-?mail\b.*",
            r"(?:we|this (?:web)?site|our (?:web)?site|by (?:continuing|using|browsing|clicking))\b"
            r".*\b(?:use of cookies|(?:uses?|set|store) (?:\w+ ){0,2}cookies|privacy (?:policy|notice)|"
            r"terms (?:of (?:use|service)|and conditions))\b.*",
            r"(?:accept|reject|manage|allow)(?: all)? cookies?\b.*",
            r"(?:related|recommended|trending|popular|latest|further)"
            r"(?: (?:articles?|stories|story|news|topics?|links?|content|reading|videos?))?\s*[:.>»]*",
            r"(?:most (?:read|popular|viewed|shared)|top stories|editor'?s'? (?:picks?|choice)|"
            r"more (?:from|on|about|stories|news)|you (?:may|might) (?:also )?like|up next|"
            r"in this (?:article|story)|what to read next)\b.*",
            r"(?:read|see|watch|view|continue|show|load)(?: (?:more|also|next|all|full|the full|on|"
            r"reading))+\b.*",
            r"(?:also read|see also|read|watch|listen|latest|related|more|gallery|podcast|video|"
            r"in pictures|in photos) ?:.*[^.]",
            rf"{_CRUMB}(?: [>»›|] {_CRUMB})+",
            r".*\bmay not be (?:re)?(?:published|produced|printed|broadcast|written|distributed)\b.*",
            r"(?:story|article|page|text) continues (?:below|after)\b.*",
            r"(?:- ?)?(?:advertise?ment|advertisement feature|sponsored(?: content)?|promoted|"
            r"paid post)(?: ?-)?",
            r"(?:image|photo|picture|photograph|video|file photo|illustration|graphic|caption)"
            r"s?(?: (?:source|credit|caption|by|courtesy|copyright))?\s?[:/©].*",
            r".*[\[(]\s?(?:photo|image|picture|file|credit)s?\b[^\])]*[\])]\.?",
            r"[\[(]\s?(?:photo|image|picture|video|graphic|caption)s?\b.*",
            rf".*(?:\[|[/|]\s?|[^.!?\"”’]\s?\()\s?(?:[\w .'-]+/)?(?:{_CREDIT})(?:/[\w .'-]+)?\s?[\])]?\.?",
            r"(?:source|sources|agency|agencies) ?: ?[\w ,/.&-]{1,60}",
            r"(?:©|\(c\)|copyright\s*(?:©|\(c\)|\d{4})).*",
            r".*\ball rights reserved\b.*",
            r"this (?:article|material|page) (?:was|has been|may|is|first)\b.*"
            r"(?:published|reproduced|updated|copyright|republished|redistributed).*",
            r"(?:comments (?:are|have been|will be)\b|\d+ comments?\b|leave a (?:comment|reply)\b|"
            r"be the first to\b|join the (?:conversation|discussion|debate)\b|report (?:this|an? error)\b|"
            r"spotted (?:a|an)\b|have you (?:seen|got) (?:a|an|news)\b|got a (?:story|tip)\b).*",
            r"(?:tags?|topics|filed under|keywords|categor(?:y|ies)|sections?) ?:.*",
            r"\d+ (?:min(?:ute)?s?|hours?|days?) (?:read|ago)",
            r"(?:javascript|your browser)\b.*\b(?:enabled?|disabled|support(?:ed|s)?)\b.*",
        )
    ),
    re.IGNORECASE | re.DOTALL,
)
_NOTICES = re.compile(
    r"\bunsubscribe\b|\bmailchimp\b|\bmailing lists?\b|\bby subscribing\b|\bmarketing platform\b|"
    r"\b(?:use|uses|using|accept|set|our) cookies\b|\bcookie (?:policy|settings|notice|preferences)\b|"
    r"\bin the footer of our e-?mails\b|\bsign up (?:to|for) (?:our|the) [\w -]{0,30}newsletters?\b",
    re.IGNORECASE,
)
_SPACE = re.compile(r"\s+")


def boilerplate(paragraphs: Sequence[str]) -> frozenset[int]:
    """Tell which paragraphs, by index from 0, are no part of what the article says.

    A paragraph that stands again is left out. So is its first copy where it is short and stands
    at the top or close by: headlines and captions are saved twice, sentences are not.
    """
    plain = [normalised(paragraph) for paragraph in paragraphs]
    first: dict[str, int] = {}
    found = {index for index, text in enumerate(plain) if is_boilerplate(text)}
    for index, text in enumerate(plain):
        earlier = first.setdefault(text, index)
        if earlier == index:
            continue
        found.add(index)
        if len(text) <= _SHORT and (earlier < _HEADER or index - earlier <= _CLOSE):
            found.add(earlier)
    return frozenset(found)


def is_boilerplate(line: str) -> bool:
    """Tell whether a normalised paragraph, by its own words, is no part of an article."""
    if not any(char.isalnum() for char in line):
        return True
    if _NOTICES.search(line):
        return True
    return len(line) <= _SHORT and _LINES.fullmatch(line) is not None


def normalised(line: str) -> str:
    """Fold a line's white space and typography, so that repeats are seen as such."""
    folded = unicodedata.normalize("NFKC", line).replace("’", "'").replace("‘", "'")
    return _SPACE.sub(" ", folded).strip().strip("*_#>").strip()
