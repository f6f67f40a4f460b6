"""What people say to a chat that is no question about the articles."""

import re

from qa.answers import Reason

_DOUBT = re.compile(
    r"""(?:are|r)\s(?:you|u)\s(?:really\s|quite\s|absolutely\s|very\s)?(?:sure|certain)
    (?:\s(?:about|of)\s(?:that|this|it))? | (?:is|was)\s(?:that|this|it)\s(?:really\s)?
    (?:right|true|correct|so) | (?:oh\s)?really | seriously | (?:you\s)?sure | for\ssure""",
    re.VERBOSE,
)
_SMALL_TALK = re.compile(
    r"""(?:(?:ok|okay|great|cool|perfect|nice|good|no|many|wow)\s)*
    (?:thanks|thank\s(?:you|u)|thx|ty|cheers)(?:\s(?:a\slot|so\smuch|very\smuch|again|for\s(?:that|this|
    your\shelp)|byline))* | ok|okay|great|cool|perfect|nice|good|wow|hello|hi|hey|bye|goodbye|
    good\s(?:morning|evening|afternoon|night|bye|job) | well\sdone""",
    re.VERBOSE,
)


def small_talk(question: str) -> Reason | None:
    """Return why a text is no question about the articles; None if it may be one."""
    words = " ".join(re.findall(r"\w+", question.casefold()))
    if _DOUBT.fullmatch(words):
        return Reason.DOUBT
    return Reason.SMALL_TALK if _SMALL_TALK.fullmatch(words) else None
