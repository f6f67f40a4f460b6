"""Rewrite a follow-up question from earlier turns, by rules, without a model.

Pronouns are replaced by what they refer to; a question that leaves out its subject gets it
appended. A question that stands alone is not changed.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from index.search.analyzer import terms
from qa.answers import Answered, Reply
from qa.rewriting import lexicon
from qa.rewriting.antecedents import Antecedent, ExpectedType, antecedents_of, resolve_antecedent
from qa.rewriting.ellipsis import is_elliptical
from qa.rewriting.fragments import Resolved, complete_fragment
from qa.rewriting.mentions import Kind, Mention, TaggedText, tag
from qa.rewriting.pronouns import Reference, references_in
from qa.rewriting.small_talk import small_talk

MAX_TURNS = 8
"""The most recent turns that a question can refer to."""
_LONGEST_FOLLOW_UP = 400
"""Code points; a longer question stands alone, and earlier texts are cut to this."""
_LONGEST_KNOWN = 60
"""Code points of an answer that is read with its question; a longer one is left out."""
_LONGEST_CARRIED = 120
"""Code points of one mention."""
_END = " \t.?!…"


@dataclass(frozen=True, slots=True)
class Exchange:
    """An earlier turn."""

    question: str
    """The question that was searched for."""
    answers: tuple[str, ...] = ()
    """The texts of the answers that were shown, best first."""
    title: str | None = None
    """Title of the article with the best answer; None if unknown or if there was no answer."""
    typed: str | None = None
    """The question as the user typed it; None if it was searched for as typed."""

    @property
    def as_read(self) -> str:
        """The turn as it is read before a later question: its answer follows if it is short."""
        return turn_as_read(self.typed or self.question, self.answers[0] if self.answers else "")


def turn_as_read(question: str, answer: str) -> str:
    """Return an earlier turn as it is read, in training too: a short answer follows its question.

    An empty answer is unknown.
    """
    return f"{question} {answer}" if 0 < len(answer) <= _LONGEST_KNOWN else question


def exchange_of(reply: Reply) -> Exchange:
    """Return a reply as an earlier turn; rejected answers are not part of it."""
    if not isinstance(reply, Answered):
        return Exchange(reply.asked, typed=reply.question)
    title = reply.answers[0].citations[0].title or None
    texts = tuple(answer.text for answer in reply.answers)
    return Exchange(reply.asked, texts, title, typed=reply.question)


def history_from_questions(questions: Sequence[str]) -> list[Exchange]:
    """Return earlier questions, oldest first, as turns without answers.

    Asking them to get their answers would cost a read each, and got no more follow-ups right on
    the bundled set.
    """
    history: list[Exchange] = []
    asked = [question for question in questions if small_talk(question) is None]
    for question in asked[-MAX_TURNS:]:
        history.append(Exchange(resolve(question, history).question, typed=question))
    return history


@dataclass(frozen=True, slots=True)
class _Edit:
    start: int
    end: int
    text: str
    carried: str
    """The part of `text` that comes from an earlier turn."""


def resolve(question: str, history: Sequence[Exchange]) -> Resolved:
    """Rewrite a question from earlier turns, oldest first.

    A question that stands alone, or refers to nothing in the earlier turns, is returned unchanged.
    """
    unchanged = Resolved(question, ())
    if not history or len(question) > _LONGEST_FOLLOW_UP:
        return unchanged
    tagged = tag(question)
    if all(word.is_in(lexicon.OPENERS) for word in tagged.words):
        return unchanged
    recent = history[-MAX_TURNS:]
    questions = [tag(_clipped(turn.question)) for turn in recent]
    known = " ".join(earlier.text.lower() for earlier in questions[:-1])
    if completed := complete_fragment(tagged, questions[-1], known):
        return completed
    antecedents = _antecedents(recent, questions)
    references = references_in(tagged)
    edits = _replaced(question, references, antecedents)
    edits += _completed_names(tagged.mentions, antecedents)
    if edits:
        circumstance = _circumstance(tagged, antecedents)
        return _edited(question, [*edits, circumstance] if circumstance else edits)
    if references or is_elliptical(tagged):
        return _with_subject(tagged, antecedents)
    return unchanged


def _antecedents(recent: Sequence[Exchange], questions: Sequence[TaggedText]) -> list[Antecedent]:
    """List what was mentioned; if nothing was, what the titles of the answers' articles mention."""
    answers = [_clipped(turn.answers[0]) if turn.answers else None for turn in recent]
    found = antecedents_of(list(zip(questions, answers, strict=True)))
    if not found:
        found = antecedents_of([(tag(_clipped(turn.title or "")), None) for turn in recent])
    return [each for each in found if len(each.mention.text) <= _LONGEST_CARRIED]


def _clipped(text: str) -> str:
    return text[:_LONGEST_FOLLOW_UP]


def _replaced(
    question: str, references: Sequence[Reference], antecedents: Sequence[Antecedent]
) -> list[_Edit]:
    """Replace the first reference of each expected type by its antecedent."""
    edits: list[_Edit] = []
    done: set[ExpectedType] = set()
    used: set[Mention] = set()
    for reference in references:
        if reference.expected in done:
            continue
        mention = resolve_antecedent(antecedents, reference.expected, exclude=used)
        if mention is not None and not _contains(question, mention):
            done.add(reference.expected)
            used.add(mention)
            edits.append(_replacement(reference, mention))
    return edits


def _replacement(reference: Reference, mention: Mention) -> _Edit:
    carried = mention.text.removeprefix("the ") if reference.is_one else mention.text
    text = carried
    if reference.possessive:
        text += "’" if carried.endswith("s") else "’s"
    if reference.expected is ExpectedType.TIME and not reference.after_preposition:
        text = f"{'on' if ' ' in text and text[0].isdigit() else 'in'} {text}"
    if reference.expected is ExpectedType.PLACE and not reference.after_preposition:
        known = mention.preposition in ("at", "on", "near")
        text = f"{mention.preposition if known else 'in'} {text}"
    return _Edit(reference.start, reference.end, text, carried)


def _circumstance(question: TaggedText, antecedents: Sequence[Antecedent]) -> _Edit | None:
    """Append the place or time to a question that ends in `that`: `When did he say that?`."""
    last_turn = (each.mention for each in antecedents if each.age == 0)
    mention = next((each for each in last_turn if each.kind in (Kind.PLACE, Kind.TIME)), None)
    if question.words[-1].lower not in ("that", "this") or not (mention and mention.preposition):
        return None
    at = len(question.text.rstrip(_END))
    return _Edit(at, at, f" {mention.preposition} {mention.text}", mention.text)


def _completed_names(mentions: Sequence[Mention], antecedents: Sequence[Antecedent]) -> list[_Edit]:
    """Replace `the College` by `the US Electoral College`, `Comte` by `Auguste Comte`."""
    edits = []
    for mention in mentions:
        fuller = (each.mention for each in antecedents if _is_fuller(each.mention, mention))
        if not mention.aspect and (full := next(fuller, None)):
            edits.append(_Edit(mention.start, mention.end, full.text, full.text))
    return edits


def _is_fuller(earlier: Mention, mention: Mention) -> bool:
    words, others = mention.text.lower().split(), earlier.text.lower().split()
    bare, full = words[mention.definite :], others[others[0] == "the" :]
    if len(bare) != 1 or not 2 <= len(full) <= 5 or bare[0] != full[-1]:
        return False
    return mention.definite or (mention.named and earlier.kind in (Kind.NAME, Kind.PERSON))


def _edited(question: str, edits: Sequence[_Edit]) -> Resolved:
    parts, carried, end = [], [], 0
    for edit in sorted(edits, key=lambda edit: edit.start):
        text = edit.text if edit.start else _capitalized(edit.text)
        parts += [question[end : edit.start], text]
        carried.append(edit.carried if edit.carried in text else _capitalized(edit.carried))
        end = edit.end
    return Resolved("".join([*parts, question[end:]]), tuple(carried))


def _capitalized(text: str) -> str:
    return text[0].upper() + text[1:]


def _with_subject(question: TaggedText, antecedents: Sequence[Antecedent]) -> Resolved:
    """Append the likeliest antecedent to a question that leaves out its subject."""
    mention = resolve_antecedent(antecedents, ExpectedType.ANY)
    if mention is None or _contains(question.text, mention):
        return Resolved(question.text, ())
    body = question.text.rstrip(_END)
    ends_in_aspect = any(each.aspect and each.end == len(body) for each in question.mentions)
    is_person = mention.kind in (Kind.PERSON, Kind.NAME)
    join = "of" if ends_in_aspect else "with" if is_person else "in"
    rewritten = f"{body} {join} {mention.text}{question.text[len(body) :]}"
    return Resolved(rewritten, (mention.text,))


def _contains(question: str, mention: Mention) -> bool:
    """Return whether a question already names what a mention refers to."""
    said = set(terms(question))
    return set(terms(mention.text) or [mention.text]) <= said or (
        mention.named and bool(said & set(terms(mention.head)))
    )
