"""Questions that the articles answer, made from their own sentences without a model.

Only sentences whose form is safe become a question: a person or thing with its apposition (*Who is
Vera Holm?*), a passive with a date (*When was the bridge opened?*), a verb of a short list with a
date (*When did Vera Holm sign the treaty?*) or with a name as its subject (*Who signed the
treaty?*), people counted (*How many people were hurt?*). Each is tried before it is shown.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from index.articles.blocks import Kind
from index.storage.catalog import Catalog, StoredArticle
from qa.answers import Answered, Reply, State

_ARTICLES = 40
"""Articles, evenly spread over the index, from which questions are made."""
_PASSAGES = 6
"""First passages of each that are looked at."""
_OF_AN_ARTICLE = 3
"""Questions of each article at most."""
_KINDS = ("When", "How", "What is", "Who", "What did")
"""How questions begin, the best ones first."""
_OF_A_KIND = 2
"""Questions of the same kind that are shown."""
_LONGEST = 75
"""Code points of a question."""
_VERBS = {
    "signed": "sign", "opened": "open", "closed": "close", "announced": "announce",
    "bought": "buy", "sold": "sell", "won": "win", "lost": "lose", "founded": "found",
    "launched": "launch", "landed": "land", "built": "build", "began": "begin", "died": "die",
    "resigned": "resign", "married": "marry", "published": "publish", "discovered": "discover",
    "invented": "invent", "rejected": "reject", "approved": "approve", "cancelled": "cancel",
    "joined": "join", "left": "leave", "reached": "reach", "arrived": "arrive", "visited": "visit",
    "unveiled": "unveil", "introduced": "introduce", "banned": "ban", "abolished": "abolish",
    "ratified": "ratify", "withdrew": "withdraw", "invaded": "invade", "attacked": "attack",
    "offered": "offer", "proposed": "propose", "accepted": "accept", "ordered": "order",
    "designed": "design", "wrote": "write", "painted": "paint", "directed": "direct",
    "scored": "score", "defeated": "defeat", "beat": "beat", "collapsed": "collapse",
    "crashed": "crash", "erupted": "erupt", "sank": "sink", "completed": "complete",
}  # fmt: skip
"""Past tenses and their verbs; *found* is no past tense here."""
_SAYING = {
    "said": "say", "announced": "announce", "warned": "warn", "promised": "promise",
    "declared": "declare", "proposed": "propose", "predicted": "predict", "admitted": "admit",
}  # fmt: skip
_TRANSITIVE = frozenset(_VERBS) - set(
    "began died resigned left arrived collapsed crashed erupted sank landed withdrew".split()
)
_PEOPLE = """actor actress adviser ambassador analyst archbishop architect artist astronomer author
    biologist bishop candidate captain chairman chairwoman chancellor chief chemist coach commander
    commissioner composer correspondent critic dean deputy designer diplomat director doctor
    economist editor engineer envoy executive farmer fisherman founder general geologist governor
    head historian inspector inventor journalist judge king lawyer leader librarian manager mayor
    minister musician novelist officer official owner painter physicist pilot player poet president
    priest professor prosecutor publisher queen reporter researcher sailor scientist secretary
    senator singer speaker spokesman spokesperson spokeswoman surgeon teacher treasurer
    vice-president warden writer""".split()
_THINGS = """agency airline airport alliance archipelago bank bridge canal capital cathedral charity
    city club comet committee company craft dam district firm group institute island lander
    laboratory lake museum newspaper observatory organisation organization palace party peninsula
    port programme project province region river satellite spacecraft town treaty union university
    village volcano""".split()
_WORD = r"[A-Z][\w’'-]*[a-z](?<![’']s)"
_NAME = rf"{_WORD}(?: (?:[A-Z]\.|(?:de|van|von|der|den|la|al|bin) {_WORD}|{_WORD})){{1,3}}(?<!\.)"
_THING_NAME = r"(?:the )?[A-Z][\w’'-]*(?: [A-Z][\w’'-]*){0,3}"
_DAY = r"\d{1,2} [A-Z][a-z]+(?: \d{4})?|[A-Z][a-z]+ \d{1,2}(?:, \d{4})?|[A-Z][a-z]+day"
_DATE = rf"(?:on (?:{_DAY})|in (?:[A-Z][a-z]+ )?\d{{4}})"
_APPOSITION = r", (?P<what>(?:the|a|an) [^,;:()“”\"]{3,80}),"
_NOUN_PHRASE = rf"(?:[Tt]he (?:[\w’'-]+ ){{0,4}}[\w’'-]+|{_NAME})"
_NUMBER = r"\d[\d,]*|Two|Three|Four|Five|Six|Seven|Eight|Nine|Ten|Eleven|Twelve|Twenty"
_END = r"(?=[,;]|\.(?!\d)|$)"
_REST = r"[^,;:()“”\".!?]{3,60}?"
_WHO_IS = re.compile(rf"(?:^|[,;:] |\b(?:and|by|to|with|said) )(?P<name>{_NAME}){_APPOSITION}")
_WHAT_IS = re.compile(
    rf"(?:^|[,;:] |\b(?:and|by|to|with|near) )(?P<name>{_THING_NAME}){_APPOSITION}"
)
_PASSIVE = re.compile(
    rf"^(?P<subject>{_NOUN_PHRASE}) (?P<be>was|were) "
    rf"(?P<done>[a-z]+(?:ed|wn|lt|ld|de|un|ten|ght|rn))"
    rf"(?P<rest>(?: {_REST})?) (?P<date>{_DATE}){_END}"
)
_ACTIVE = re.compile(
    rf"^(?P<subject>{_NOUN_PHRASE}) (?P<verb>{'|'.join(_VERBS)})"
    rf"(?P<rest>(?: {_REST})?) (?P<date>{_DATE}){_END}"
)
_DOER = re.compile(
    rf"^(?P<subject>{_NAME}) (?P<verb>{'|'.join(sorted(_TRANSITIVE))})"
    rf"(?P<rest> (?:the|a|an) {_REST}){_END}"
)
_COUNTED = re.compile(
    rf"^(?:{_NUMBER}) (?P<what>people|men|women|children|workers|soldiers|sailors|"
    rf"passengers|houses|ships|villages) (?P<be>were|was|had been) (?P<done>[a-z]+(?:ed|lt|rt))"
    rf"(?P<rest>(?: {_REST})?){_END}"
)
_OFFICE = re.compile(rf"\b[Tt]he (?P<what>[\w’'-]+(?: [\w’'-]+){{1,5}}), {_NAME}(?=[,.;])")
_TITLED = re.compile(
    rf"(?:^|[a-z,] )(?:[A-Z][\w-]* ){{0,2}}(?:{'|'.join(map(str.capitalize, _PEOPLE))})"
    rf" (?P<name>{_NAME})"
)
_SAID = re.compile(
    rf"^(?!(?:Mr|Mrs|Ms|Dr)\b)(?P<name>{_NAME})(?:, [^,]{{3,80}},)? (?P<verb>{'|'.join(_SAYING)})"
    r"(?: (?:on|in|at) (?:the )?[A-Z]\w+)? that\b"
)
_NAMES_SOMETHING = re.compile(r" [A-Z\d]")
_VAGUE = re.compile(
    r"\b(?:he|she|it|they|him|her|his|hers|its|them|their|we|us|our|i|my|you|your|this|that|these|"
    r"those|who|which|whom|whose|there|here|then|now|today|yesterday|tomorrow|ago|last|next|later|"
    r"earlier|first|second|third|other|same|one|two|three|also|not|never|and|but|or|because|when|"
    r"where|while|as)\b",
    re.IGNORECASE,
)
"""Words by which a question would not stand alone, or its sentence have a second part."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A question, and what it was made from."""

    question: str
    sentence: str
    """Letter for letter, with the answer in it."""
    file: str
    """Absolute path of its article."""


def suggestions(catalog: Catalog) -> list[Suggestion]:
    """Return questions that the articles seem to answer, the first ones of different articles.

    Raises IndexDamaged.
    """
    by_article = [list(_of_article(catalog, one)) for one in catalog.spread(_ARTICLES)]
    rounds = ([one for one in each if one] for each in zip_longest(*by_article))
    made = [one for each in rounds for one in sorted(each, key=_rank)]
    return list({one.question: one for one in made}.values())


def _kind(question: str) -> str:
    return next(kind for kind in _KINDS if question.startswith(f"{kind} "))


def _rank(suggestion: Suggestion) -> int:
    return _KINDS.index(_kind(suggestion.question))


def taken(suggestion: Suggestion, shown: Sequence[Suggestion]) -> bool:
    """Return whether a suggestion goes with those shown: another article, not all of one kind."""
    alike = sum(_kind(one.question) == _kind(suggestion.question) for one in shown)
    return alike < _OF_A_KIND and all(one.file != suggestion.file for one in shown)


def is_answered(suggestion: Suggestion, reply: Reply) -> bool:
    """Return whether a reply answers plainly, by the sentence that the question was made from."""
    if not isinstance(reply, Answered) or reply.state is not State.ANSWER:
        return False
    cited = reply.answers[0].citations[0]
    quote = cited.sentence.text
    is_same = suggestion.sentence in quote or quote in suggestion.sentence
    return cited.file == suggestion.file and is_same and not reply.articles_differ


def _of_article(catalog: Catalog, article: StoredArticle) -> Iterator[Suggestion]:
    """Yield questions of an article, each of another kind."""
    ids = article.passages[:_PASSAGES]
    kinds = catalog.kinds(list(ids))
    made: dict[str, Suggestion] = {}
    for stored in catalog.passages(list(ids)):
        if kinds[stored.id] is not Kind.PARAGRAPH:
            continue
        for span in stored.passage.sentences:
            sentence = span.of(stored.passage.text)
            for question in questions_of(sentence):
                suggestion = Suggestion(question, sentence, article.found.path)
                made.setdefault(_kind(question), suggestion)
    yield from [made[kind] for kind in _KINDS if kind in made][:_OF_AN_ARTICLE]


def questions_of(sentence: str) -> list[str]:
    """Return the questions that a sentence answers; most sentences have none."""
    line = " ".join(sentence.split())
    made = [_when(line), _how_many(line), _who_did(line), _what_said(line), *_who_and_what(line)]
    return [one for one in made if len(one) <= _LONGEST and _NAMES_SOMETHING.search(one)]


def _when(line: str) -> str:
    if passive := _PASSIVE.match(line):
        subject, rest = _in_question(passive["subject"]), passive["rest"]
        question = f"When {passive['be']} {subject} {passive['done']}{rest}?"
    elif active := _ACTIVE.match(line):
        subject, verb = _in_question(active["subject"]), _VERBS[active["verb"]]
        question = f"When did {subject} {verb}{active['rest']}?"
    else:
        return ""
    return "" if _VAGUE.search(question.removeprefix("When")) else question


def _who_did(line: str) -> str:
    doer = _DOER.match(line)
    if doer is None or _VAGUE.search(doer["rest"]):
        return ""
    return f"Who {doer['verb']}{doer['rest']}?"


def _what_said(line: str) -> str:
    said = _SAID.match(line)
    return f"What did {_in_question(said['name'])} {_SAYING[said['verb']]}?" if said else ""


def _how_many(line: str) -> str:
    counted = _COUNTED.match(line)
    if counted is None or not counted["rest"] or _VAGUE.search(counted["rest"]):
        return ""
    return f"How many {counted['what']} {counted['be']} {counted['done']}{counted['rest']}?"


def _who_and_what(line: str) -> Iterator[str]:
    for pattern, words, asked in ((_WHO_IS, _PEOPLE, "Who"), (_WHAT_IS, _THINGS, "What")):
        for found in pattern.finditer(line):
            if _noun(found["what"]) in words:
                yield f"{asked} is {_in_question(found['name'])}?"
    for found in _OFFICE.finditer(line):
        if _noun(found["what"]) in _PEOPLE and not _VAGUE.search(found["what"]):
            yield f"Who is the {found['what']}?"
    for found in _TITLED.finditer(line):
        yield f"Who is {found['name']}?"


def _noun(phrase: str) -> str:
    """Return the noun of a phrase: the last word before `of`, `in` and the like."""
    head = re.split(r" (?:of|in|at|for|to|on|from|who|that|which|with) ", phrase)[0]
    return head.split()[-1].lower()


def _in_question(phrase: str) -> str:
    """Return a phrase as it is written within a sentence."""
    return f"the {phrase[4:]}" if phrase.startswith("The ") else phrase
