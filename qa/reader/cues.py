"""What kind of thing a question asks for, and whether a sentence holds one."""

import re
from enum import StrEnum

_CAPITALISED = re.compile(r"\b[A-ZÀ-Þ][\w'’-]+")
_NUMBER = re.compile(
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens?|hundreds?|"
    r"thousands?|millions?|billions?|half|third|quarter|twice|once|several|none|no)\b",
    re.IGNORECASE,
)
_TIME = re.compile(
    r"\b(?:1\d|20)\d\d\b|\b(?:january|february|march|april|may|june|july|august|september|october|"
    r"november|december|monday|tuesday|wednesday|thursday|friday|saturday|sunday|yesterday|today|"
    r"tomorrow|week|month|year|decade|century|years|months|weeks|days|hours|morning|evening|"
    r"spring|summer|autumn|winter|ago)\b|\d:\d\d",
    re.IGNORECASE,
)
_PLACE = re.compile(
    r"\b(?:in|at|on|near|from|to|into|of|over|off|outside|across)\s+(?:the\s+)?[A-Z]"
)


class Cue(StrEnum):
    """What a question's own words ask for."""

    PERSON = "person"
    TIME = "time"
    NUMBER = "number"
    PLACE = "place"
    ANY = "any"


_CUES = (
    (
        re.compile(r"\bhow (?:many|much|long|far|old|tall|large|big|high|deep|wide|often|fast)\b"),
        Cue.NUMBER,
    ),
    (re.compile(r"\b(?:who|whom|whose)\b"), Cue.PERSON),
    (re.compile(r"\b(?:when|(?:what|which) (?:year|date|day|month|century|decade))\b"), Cue.TIME),
    (
        re.compile(r"\b(?:where|(?:what|which) (?:city|country|place|town|state|region|river))\b"),
        Cue.PLACE,
    ),
)


def cue_of(question: str) -> Cue:
    """Tell what a question asks for."""
    lowered = question.casefold()
    return next((cue for pattern, cue in _CUES if pattern.search(lowered)), Cue.ANY)


def holds(cue: Cue, sentence: str, question: str) -> bool:
    """Tell whether a sentence holds something of the kind that the question does not say itself."""
    match cue:
        case Cue.ANY:
            return True
        case Cue.NUMBER:
            return _NUMBER.search(sentence) is not None
        case Cue.TIME:
            return _TIME.search(sentence) is not None
        case Cue.PLACE:
            return _PLACE.search(sentence) is not None
        case Cue.PERSON:
            asked = question.casefold()
            # A sentence's first word is capitalised whatever it is.
            names = _CAPITALISED.findall(sentence[1:])
            return any(name.casefold() not in asked for name in names)
