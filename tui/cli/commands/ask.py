"""`byline ask`: answer one question, or one for each line of standard input."""

import sys
from contextlib import closing
from pathlib import Path

import click
import msgspec

from index.errors import BadRequest
from index.storage.scope import Scope
from index.storage.store import Store
from qa.answers import DEFAULT_ANSWERS, Answered, Reply
from qa.bot import Bot
from qa.conversation import history_from_questions
from qa.scope import scope_of
from tui.cli.options import (
    index_option,
    json_option,
    partial_option,
    reader_option,
    scope_options,
    threshold_option,
    top_option,
)
from tui.cli.which_index import store_to_ask
from tui.exit_codes import Exit
from tui.output.answers import show_reply
from tui.output.console import notice
from tui.output.freshness import note_changes
from tui.output.json_output import error_json, json_line, reply_json
from tui.paths import model_cache
from tui.settings import chosen_reader, setting

_LINE_SHOWN = 80
"""Code points of an invalid line that its error shows."""


class BatchQuestion(msgspec.Struct, rename={"within": "in"}):
    """A line of standard input as a JSON object."""

    question: str
    id: str | int | None = None
    history: list[str] = []
    within: list[str] | str = []
    since: str = ""
    until: str = ""
    where: list[str] | str = []

    def scope(self, default: Scope) -> Scope:
        """Return the articles to search; a filter that the line has not is that of the default."""
        own = scope_of(_several(self.within), self.since, self.until, _several(self.where))
        return Scope(
            own.within or default.within,
            own.since or default.since,
            own.until or default.until,
            own.where or default.where,
        )


def _several(one: list[str] | str) -> list[str]:
    """Return a list of which the only entry may stand alone."""
    return [one] if isinstance(one, str) else one


@click.command(
    "ask",
    epilog="""\b
Examples:
  byline ask "Who is Russia's NATO envoy?"
  byline ask "When was the treaty signed?" --in ~/news/2010 --top 5
  byline ask "What did the council decide?" --since 2011 --where author="Ada Quill"
  byline ask "Who signed?" --json | jq .answers[0].citations
  byline ask - --json < questions.txt          one question per line

With `-`, a line is plain text or {"id", "question", "history", "in", "since", "until", "where"}.
`history` lists earlier questions, oldest first, which a follow-up may refer to; "asked" is the
question searched for.""",
)
@click.argument("question", nargs=-1, required=True)
@top_option
@threshold_option
@reader_option
@index_option
@partial_option
@json_option("answers")
@scope_options
def command(
    question: tuple[str, ...],
    top: int | None,
    scope: Scope,
    threshold: float | None,
    reader: str | None,
    index_folder: Path | None,
    partial: bool,
    as_json: bool,
) -> int:
    """Answer a QUESTION, or with `-` one question per line of standard input.

    Answers are quoted with path:line:column, and checked against the file before they are shown.
    Without an index of your own, the bundled articles are searched.
    """
    chosen = chosen_reader(reader)
    store = store_to_ask(index_folder, chosen, notice if partial else None)
    return answer(store, chosen, question, top, scope, threshold, as_json)


def answer(
    store: Store,
    reader: str,
    question: tuple[str, ...],
    top: int | None,
    scope: Scope,
    threshold: float | None,
    as_json: bool,
) -> int:
    """Answer a question in words, or each line of standard input; returns the exit code.

    `top` and `threshold` are those of the command line, before the settings.
    """
    limit = setting("top", top, DEFAULT_ANSWERS)
    least, budget = setting("threshold", threshold, None), setting("reading_budget", None, None)
    with closing(Bot.open(store, model_cache(), reader, least, notice, budget=budget)) as bot:
        if question == ("-",):
            return _answer_lines(bot, limit, scope, as_json)
        reply = bot.ask(" ".join(question), limit, scope)
        _print(reply, None, bot.threshold, as_json)
        if not as_json:
            note_changes(store, bot.index)
        return Exit.DONE if isinstance(reply, Answered) else Exit.NO_ANSWER


def _answer_lines(bot: Bot, limit: int, scope: Scope, as_json: bool) -> int:
    """Answer each line as it arrives; an invalid line does not stop the rest.

    Raises BadRequest if there is none.
    """
    code, is_empty = Exit.DONE, True
    lines = (line.decode("utf-8", errors="replace").strip() for line in sys.stdin.buffer)
    for line in filter(None, lines):
        question_id, is_empty = None, False
        try:
            parsed = _parsed(line)
            question_id = parsed.id
            history = history_from_questions(parsed.history)
            reply = bot.ask(parsed.question, limit, parsed.scope(scope), history)
            _print(reply, question_id, bot.threshold, as_json)
        except BadRequest as error:
            code = Exit.ERROR
            if as_json:
                click.echo(json_line(error_json(error.message, line, question_id)))
            notice(f"{error.message}: {line[:_LINE_SHOWN]}")
        sys.stdout.flush()
    if is_empty:
        raise BadRequest("no question on standard input; write one a line")
    return code


def _parsed(line: str) -> BatchQuestion:
    if not line.startswith("{"):
        return BatchQuestion(line)
    try:
        return msgspec.json.decode(line, type=BatchQuestion)
    except msgspec.MsgspecError as error:
        raise BadRequest(f"invalid JSON question ({error})") from error


def _print(reply: Reply, question_id: str | int | None, threshold: float, as_json: bool) -> None:
    if as_json:
        click.echo(json_line(reply_json(reply, question_id)))
    else:
        show_reply(reply, threshold)
