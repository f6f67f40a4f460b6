"""Write a question set in the terminal: a question, the lines that answer it, the words."""

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import click
import msgspec

from eval.sets.candidates import Candidate, candidates, gold_in
from eval.sets.editing import add_question
from eval.sets.gold import bases_of, portable
from eval.sets.question_set import Gold, Question
from index.articles.paths import real_path
from index.errors import BadRequest
from index.storage.catalog import Catalog
from qa.bot import Bot
from qa.lookup import look_up
from tui.output.sanitise import visible, visible_name

_PAGE = 9
"""Candidates shown at a time."""
_FOLLOW_UP = "+"
_LOCATION = re.compile(r"(?P<path>.+):(?P<line>[0-9]{1,9})", re.DOTALL)
_HELP = "numbers, or PATH:LINE; m: more lines, n: not in the articles, s: skip"


def write_set(bot: Bot, file: Path, before: Sequence[Question]) -> Iterator[Question]:
    """Prompt for questions until the input ends; yield each after it was saved.

    `before` are the questions that the set already has; a follow-up continues after the last one.
    """
    bases = bases_of(file.absolute(), bot.index.generation.manifest.roots)
    conversation = _conversation(before[-1]) if before else []
    with suppress(click.Abort):
        while True:
            question = _prompt_question(bot, conversation)
            if question:
                yield add_question(file, portable(question, bases))
                conversation = _conversation(question)


def _conversation(last: Question) -> list[str]:
    """Return the questions before a follow-up of the last one."""
    return [*last.history, last.question]


def _prompt_question(bot: Bot, conversation: Sequence[str]) -> Question | None:
    """Return the question typed; None if it is skipped or cannot be asked."""
    hint = f"; start with {_FOLLOW_UP} for a follow-up" if conversation else ""
    typed = " ".join(_prompt(f"\nQuestion (Ctrl-D: done{hint})").split())
    question = typed.removeprefix(_FOLLOW_UP).strip()
    history = conversation if typed.startswith(_FOLLOW_UP) else ()
    if not question:
        return None
    if typed != question and not history:
        click.echo(f"No earlier question to follow up; ask one without {_FOLLOW_UP} first")
        return None
    try:
        searched, found = candidates(bot, question, history)
    except BadRequest as error:
        click.echo(visible(error.message))
        return None
    if history:
        click.echo(f"After: {visible(' / '.join(history))}")
        click.echo(f"Searched for: {visible(searched)}")
    chosen = _choose(found, bot.index.generation.catalog)
    if chosen is None:
        return None
    gold = _merged([reference for candidate in chosen for reference in _prompt_gold(candidate)])
    tags = _prompt("Tags, separated by spaces (Enter: none)").split()
    return Question(id="new", question=question, history=list(history), gold=gold, tags=tags)


def _choose(found: Sequence[Candidate], catalog: Catalog) -> list[Candidate] | None:
    """Prompt for the lines that answer; none if the question is unanswerable, None to skip."""
    shown = _show_page(found, 0)
    while True:
        reply = _prompt(f"Which lines answer it? ({_HELP})").strip()
        match reply.lower():
            case "s":
                return None
            case "n":
                return []
            case "m":
                shown = _show_page(found, shown)
                continue
        try:
            return _parse(reply, found[:shown], catalog)
        except BadRequest as error:
            click.echo(visible(error.message))


def _show_page(found: Sequence[Candidate], start: int) -> int:
    """Print the next candidates; return how many were shown so far."""
    page = found[start : start + _PAGE]
    if not page:
        click.echo("No more lines; name one as PATH:LINE.")
    for number, candidate in enumerate(page, start + 1):
        location, text = visible_name(candidate.location), visible(candidate.text)
        click.echo(f"{number:>3}  {location}  {text}")
    return start + len(page)


def _parse(reply: str, shown: Sequence[Candidate], catalog: Catalog) -> list[Candidate]:
    """Return the lines that a reply names. Raises BadRequest if it is invalid."""
    if match := _LOCATION.fullmatch(reply):
        return [_line(catalog, match["path"], int(match["line"]))]
    numbers = [int(word) if word.isdecimal() else 0 for word in reply.replace(",", " ").split()]
    if not numbers or not all(1 <= number <= len(shown) for number in numbers):
        raise BadRequest(f"{reply or 'nothing'} is neither a number above nor PATH:LINE")
    return [shown[number - 1] for number in dict.fromkeys(numbers)]


def _line(catalog: Catalog, path: str, number: int) -> Candidate:
    """Return an indexed line as a candidate. Raises BadRequest if it is missing or changed."""
    found = look_up(catalog, path, str(number), context=0)
    if not found.status.is_current:
        raise BadRequest(f"{path}:{number} has changed since indexing; run `byline index`")
    (line,) = found.lines
    return Candidate(found.path, real_path(path), line.number, line.number, line.text)


def _prompt_gold(candidate: Candidate) -> list[Gold]:
    """Prompt for the words that answer, until they are on the lines of the candidate."""
    location = visible_name(candidate.location)
    default = f" [{visible(candidate.answer)}]" if candidate.answer else ""
    gold: list[Gold] = []
    while not gold:
        words = _prompt(f"Answer on {location}{default}").strip() or candidate.answer
        gold += _find(candidate, words) if words else []
    while words := _prompt("Another wording there (Enter: none)").strip():
        gold += _find(candidate, words)
    return gold


def _find(candidate: Candidate, words: str) -> list[Gold]:
    """Return the gold reference of the words; if they are not there, say so."""
    gold = gold_in(candidate, words)
    if gold is None:
        click.echo(f"{visible(words)} is not on {visible_name(candidate.location)}")
        return []
    return [gold]


def _merged(gold: Sequence[Gold]) -> list[Gold]:
    """Merge references to the same lines."""
    merged: dict[tuple[str, int, int], Gold] = {}
    for reference in gold:
        key = (reference.path, reference.line, reference.end_line)
        into = merged.setdefault(key, msgspec.structs.replace(reference, answers=[]))
        into.answers += [words for words in reference.answers if words not in into.answers]
    return list(merged.values())


def _prompt(text: str) -> str:
    return str(click.prompt(text, default="", show_default=False))
