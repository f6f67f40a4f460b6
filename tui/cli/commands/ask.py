"""`byline ask`: a question in, quoted answers with their places out."""

import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import click
import msgspec

from index.errors import BadRequest
from qa.answering.confidence import default_threshold
from qa.answers import DEFAULT_ANSWERS, Answered, Reply
from qa.bot import Bot
from qa.rewriting.resolve import history_from_questions
from tui.cli.options import chosen_reader, index_option, json_option, reader_option, setting
from tui.cli.which_index import store_to_ask
from tui.exit_codes import Exit
from tui.output.answers import show_reply
from tui.output.json_output import error_line, reply_line
from tui.output.sanitise import visible
from tui.paths import model_cache

_SHOWN = 80
"""Code points of a line that cannot be asked."""


class Asked(msgspec.Struct, rename={"within": "in"}):
    """A question of a batch, as a JSON object."""

    question: str
    id: str | int | None = None
    history: list[str] = []
    within: list[str] = []


@click.command(
    "ask",
    epilog="""\b
Examples:
  byline ask "Who is Russia's NATO envoy?"
  byline ask "When was the treaty signed?" --in ~/news/2010 --top 5
  byline ask "Who signed?" --json | jq .answers[0].citations
  byline ask - --json < questions.txt          one question a line, one answer a line

A line for `-` is plain text or {"id", "question", "history", "in"}. `history`, the earlier
questions, oldest first, makes a follow-up whole; "asked" is what was made of it.""",
)
@click.argument("question", nargs=-1, required=True)
@click.option(
    "--top", type=click.IntRange(1, 20), metavar="N", help=f"Answers, at most. [{DEFAULT_ANSWERS}]"
)
@click.option(
    "--in", "within", multiple=True, metavar="PATH", help="Only in articles at or under PATH."
)
@click.option(
    "--threshold",
    type=click.FloatRange(0, 1),
    metavar="P",
    help="Confidence under which there is no answer. [default: calibrated on SQuAD dev articles]",
)
@reader_option
@index_option
@json_option("answers")
def command(
    question: tuple[str, ...],
    top: int | None,
    within: tuple[str, ...],
    threshold: float | None,
    reader: str | None,
    index_folder: Path | None,
    as_json: bool,
) -> int:
    """Ask a QUESTION; with `-`, many questions from standard input, one a line.

    The answer is quoted letter for letter with path:line:column, and read again from its file
    before it is shown. Without an index of your own, the bundled articles are asked.
    """
    most = setting("top", top, DEFAULT_ANSWERS)
    least = setting("threshold", threshold, default_threshold())
    chosen = chosen_reader(reader)
    store = store_to_ask(index_folder, chosen)
    with closing(Bot.open(store, model_cache(), chosen, least, _notice)) as bot:
        if question == ("-",):
            return _ask_all(bot, most, list(within), as_json)
        reply = bot.ask(" ".join(question), most, within)
        _show(reply, None, as_json)
        return Exit.DONE if isinstance(reply, Answered) else Exit.NO_ANSWER


def _ask_all(bot: Bot, most: int, within: list[str], as_json: bool) -> int:
    """Answer each line as it comes; a line that cannot be asked does not stop the rest."""
    code = Exit.DONE
    for line in _lines():
        question_id = None
        try:
            asked = _parsed(line)
            question_id = asked.id
            scope = asked.within or within
            reply = bot.ask(asked.question, most, scope, history_from_questions(asked.history))
            _show(reply, asked.id, as_json)
        except BadRequest as error:
            code = Exit.ERROR
            if as_json:
                click.echo(error_line(error.message, line, question_id))
            click.echo(f"byline: {visible(error.message)}: {visible(line[:_SHOWN])}", err=True)
        sys.stdout.flush()
    return code


def _lines() -> Iterator[str]:
    for line in sys.stdin.buffer:
        if text := line.decode("utf-8", errors="replace").strip():
            yield text


def _parsed(line: str) -> Asked:
    if not line.startswith("{"):
        return Asked(line)
    try:
        return msgspec.json.decode(line, type=Asked)
    except msgspec.MsgspecError as error:
        raise BadRequest(f"not a question as JSON ({error})") from error


def _show(reply: Reply, question_id: str | int | None, as_json: bool) -> None:
    if as_json:
        click.echo(reply_line(reply, question_id))
    else:
        show_reply(reply)


def _notice(message: str) -> None:
    click.echo(f"byline: {visible(message)}", err=True)
