"""A question set written in the terminal: a question, the lines that answer it, their words."""

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import click
import msgspec

from eval.sets.candidates import Candidate, candidates, gold_in
from eval.sets.editing import add_question
from eval.sets.gold import bases_of, portable_path
from eval.sets.question_set import Gold, Question
from index.articles.paths import real_path
from index.errors import BadRequest
from index.storage.catalog import Catalog
from qa.bot import Bot
from qa.lookup import look_up
from tui.output.sanitise import visible, visible_name

_SHOWN = 9
"""Candidates shown at once."""
_FOLLOW_UP = "+"
_PLACE = re.compile(r"(?P<path>.+):(?P<line>[0-9]{1,9})", re.DOTALL)
_HELP = "numbers, or PATH:LINE; m: more lines, n: the articles do not answer, s: skip"


@dataclass(frozen=True, slots=True)
class Skipped:
    """A question that the person gave up."""


def write_set(bot: Bot, file: Path, before: Sequence[Question]) -> Iterator[Question]:
    """Ask for questions until the input ends; yields each as it was saved.

    `before` are those that the set holds; a follow-up comes after the last one, with its history.
    """
    bases = bases_of(file.absolute(), bot.index.generation.manifest.roots)
    talk = _talk(before[-1:])
    with suppress(click.Abort):
        while True:
            asked = _asked(bot, talk)
            if isinstance(asked, Question):
                gold = [_portable(place, bases) for place in asked.gold]
                yield add_question(file, msgspec.structs.replace(asked, gold=gold))
                talk = _talk([asked])


def _talk(last: Sequence[Question]) -> list[str]:
    """Give the questions that a follow-up of the last one has before it."""
    return [text for one in last for text in (*one.history, one.question)]


def _asked(bot: Bot, talk: Sequence[str]) -> Question | Skipped:
    follow_up = f"; {_FOLLOW_UP} before it: a follow-up of the last" if talk else ""
    typed = " ".join(_prompt(f"\nQuestion (Ctrl-D: done{follow_up})").split())
    question = typed.removeprefix(_FOLLOW_UP).strip()
    history = talk if typed.startswith(_FOLLOW_UP) else ()
    if not question:
        return Skipped()
    if typed != question and not history:
        click.echo(f"There is no question before it; ask one first, without {_FOLLOW_UP}")
        return Skipped()
    try:
        found = candidates(bot, question, history)
    except BadRequest as error:
        click.echo(visible(error.message))
        return Skipped()
    if history:
        click.echo(f"After: {visible(' / '.join(history))}\nAsked as: {visible(found.asked)}")
    chosen = _Choosing(found.sentences, bot.index.generation.catalog).choose()
    if isinstance(chosen, Skipped):
        return chosen
    gold = _joined([place for candidate in chosen for place in _gold(candidate)])
    tags = _prompt("Tags, with spaces between (Enter: none)").split()
    return Question(id="new", question=question, history=list(history), gold=gold, tags=tags)


@dataclass
class _Choosing:
    """Lines being chosen from."""

    found: Sequence[Candidate]
    catalog: Catalog
    shown: int = field(default=0, init=False)

    def choose(self) -> tuple[Candidate, ...] | Skipped:
        """Ask until the person has chosen; no line means that the articles do not answer."""
        self._show_more()
        while True:
            reply = _prompt(f"Which answer it? ({_HELP})").strip()
            match reply.lower():
                case "s":
                    return Skipped()
                case "n":
                    return ()
                case "m":
                    self._show_more()
                    continue
            try:
                return self._named(reply)
            except BadRequest as error:
                click.echo(visible(error.message))

    def _show_more(self) -> None:
        more = self.found[self.shown : self.shown + _SHOWN]
        if not more:
            click.echo("There are no more lines; name one as PATH:LINE.")
        for number, one in enumerate(more, self.shown + 1):
            click.echo(f"{number:>3}  {visible_name(one.place)}  {visible(one.text)}")
        self.shown += len(more)

    def _named(self, reply: str) -> tuple[Candidate, ...]:
        """Give what was named. Raises BadRequest, saying why, where that is nothing."""
        if match := _PLACE.fullmatch(reply):
            return (_line(self.catalog, match["path"], int(match["line"])),)
        numbers = [int(one) if one.isdecimal() else 0 for one in reply.replace(",", " ").split()]
        if not numbers or not all(1 <= number <= self.shown for number in numbers):
            raise BadRequest(f"{reply or 'nothing'} is none of the lines above, nor PATH:LINE")
        return tuple(self.found[number - 1] for number in dict.fromkeys(numbers))


def _line(catalog: Catalog, path: str, number: int) -> Candidate:
    """Give an indexed line as a candidate. Raises BadRequest where it is none, or is gone."""
    found = look_up(catalog, path, number, context=0)
    if not found.status.is_current:
        raise BadRequest(f"{path}:{number} changed since it was indexed; run `byline index`")
    file = real_path(path)
    (line,) = found.lines
    return Candidate(found.path, file, line.number, line.number, line.text)


def _gold(candidate: Candidate) -> list[Gold]:
    """Ask for the words that answer, until the candidate's lines have them."""
    proposed = f" [{visible(candidate.answer)}]" if candidate.answer else ""
    gold: list[Gold] = []
    while not gold:
        words = _prompt(f"Answer on {visible_name(candidate.place)}{proposed}").strip()
        gold += _found(candidate, words or candidate.answer)
    while words := _prompt("Another wording there (Enter: none)").strip():
        gold += _found(candidate, words)
    return gold


def _found(candidate: Candidate, words: str) -> tuple[Gold, ...]:
    """Give the place of the words, or tell that they are not there."""
    found = gold_in(candidate, words) if words else ()
    if words and not found:
        click.echo(f"{visible(words)} does not stand on {visible_name(candidate.place)}")
    return found


def _joined(gold: Sequence[Gold]) -> list[Gold]:
    """Join the wordings of one place."""
    places: dict[tuple[str, int, int], Gold] = {}
    for one in gold:
        key = (one.path, one.line, one.end_line)
        place = places.setdefault(key, msgspec.structs.replace(one, answers=[]))
        place.answers += [words for words in one.answers if words not in place.answers]
    return list(places.values())


def _portable(place: Gold, bases: Sequence[Path]) -> Gold:
    return msgspec.structs.replace(place, path=portable_path(Path(place.path), bases))


def _prompt(text: str) -> str:
    return str(click.prompt(text, default="", show_default=False))
