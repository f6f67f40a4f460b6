"""`byline eval import` and `byline eval new`: make question sets."""

import shlex
from contextlib import closing
from pathlib import Path

import click

from eval.importers.beir import import_beir
from eval.importers.folder import ARTICLES, QUESTIONS
from eval.importers.marks import import_marks
from eval.importers.news import import_news
from eval.importers.result import Imported
from eval.importers.squad import import_squad
from eval.sets.question_set import read_questions
from index.storage.store import Store
from qa.bot import Bot
from tui.cli.new_set_prompts import write_set
from tui.cli.options import index_option, reader_option
from tui.cli.which_index import store_to_ask
from tui.exit_codes import Exit
from tui.output.console import notice
from tui.output.progress import ProgressDisplay
from tui.output.sanitise import visible, visible_name
from tui.output.wording import counted
from tui.paths import default_index, marks_file, model_cache
from tui.settings import chosen_reader, index_folder_or

_DELAY = 5.0
"""Seconds before the first line of progress."""
_PATH = click.Path(path_type=Path)
_overwrite = click.option("--overwrite", is_flag=True, help="Replace an earlier import.")


@click.group(
    "import",
    epilog="""\b
Examples:
  byline eval import squad dev-v2.0.json dev     articles and questions in the folder dev
  byline eval import beir scifact made           from corpus.jsonl, queries.jsonl and qrels/
  byline eval import news news/dev made          from articles, questions and conversations
  byline eval import marks mine.jsonl            from answers marked in the chat""",
)
def import_command() -> None:
    """Import a question set from another format, or from marks in the chat."""


@import_command.command("squad", short_help="Import a SQuAD file, version 1.1 or 2.0.")
@click.argument("source", metavar="FILE", type=_PATH)
@click.argument("folder", required=False, type=_PATH)
@_overwrite
def squad_command(source: Path, folder: Path | None, overwrite: bool) -> int:
    """Import a SQuAD FILE, version 1.1 or 2.0, optionally compressed with gzip, into FOLDER.

    FOLDER defaults to the name of the file, in the current folder.
    """
    out = folder or Path(source.name.removesuffix(".gz").removesuffix(".json"))
    with ProgressDisplay(line_delay=_DELAY) as display:
        imported = import_squad(source, out, overwrite, display.update)
    _report_folder(imported, out)
    return Exit.DONE


@import_command.command("beir", short_help="Import a BEIR folder.")
@click.argument("source", metavar="BEIR_FOLDER", type=_PATH)
@click.argument("folder", type=_PATH)
@click.option("--split", metavar="NAME", help="Split of the qrels. [default: test]")
@_overwrite
def beir_command(source: Path, folder: Path, split: str | None, overwrite: bool) -> int:
    """Import a BEIR folder into FOLDER.

    Its answers are whole documents, so only retrieval is measured.
    """
    with ProgressDisplay(line_delay=_DELAY) as display:
        imported = import_beir(source, folder, split, overwrite, display.update)
    _report_folder(imported, folder)
    return Exit.DONE


@import_command.command("news", short_help="Import articles, questions and conversations.")
@click.argument("source", metavar="NEWS_FOLDER", type=_PATH)
@click.argument("folder", type=_PATH)
@_overwrite
def news_command(source: Path, folder: Path, overwrite: bool) -> int:
    """Import articles/, questions.jsonl and conversations.jsonl of NEWS_FOLDER into FOLDER.

    Figures are reported by kind of question.
    """
    with ProgressDisplay(line_delay=_DELAY) as display:
        imported = import_news(source, folder, overwrite, display.update)
    _report_folder(imported, folder)
    return Exit.DONE


@import_command.command("marks", short_help="Import answers marked right or wrong in the chat.")
@click.argument("question_set", metavar="SET", type=_PATH)
@click.option("--marks", type=_PATH, help="File of the marks. [default: those of your chats]")
@index_option
@_overwrite
def marks_command(
    question_set: Path, marks: Path | None, index_folder: Path | None, overwrite: bool
) -> int:
    """Write the answers that you marked right or wrong in the chat to a SET."""
    roots = Store(index_folder_or(index_folder, default_index())).remembered_roots()
    _report(import_marks(marks or marks_file(), question_set, roots, overwrite), question_set)
    _suggest(_eval_command(question_set, index_folder))
    return Exit.DONE


@click.command(
    "new",
    epilog="""\b
For each question, the closest lines are shown. Choose those that answer it, by number or as
PATH:LINE, and type the words that answer; or say that the articles do not answer it. Each
question is saved at once; stop at any time with Ctrl-D. A question that begins with + is a
follow-up of the last one, as in "+ And who signed it?", and keeps the questions before it.""",
)
@click.argument("question_set", metavar="SET", type=_PATH)
@reader_option
@index_option
def new_command(question_set: Path, reader: str | None, index_folder: Path | None) -> int:
    """Write a question SET, or add to one, with help from your articles."""
    before = read_questions(question_set) if question_set.exists() else []
    chosen = chosen_reader(reader)
    store = store_to_ask(index_folder, chosen)
    count = 0
    with closing(Bot.open(store, model_cache(), chosen, 0.0, notice)) as bot:
        for saved in write_set(bot, question_set, before):
            count += 1
            click.echo(f"Saved as {visible(saved.id)}")
    click.echo()
    notice(f"{count:,} saved in {question_set} ({len(before) + count:,} in total)")
    if count:
        _suggest(_eval_command(question_set, index_folder))
    return Exit.DONE


def _report_folder(imported: Imported, folder: Path) -> None:
    _report(imported, folder)
    index = folder / "index"
    _suggest(
        f"byline index {_quoted(folder / ARTICLES)} --index {_quoted(index)}",
        _eval_command(folder / QUESTIONS, index),
    )


def _report(imported: Imported, out: Path) -> None:
    for what, names in imported.notes.items():
        notice(f"{len(names):,} {what} (first: {names[0]})")
    click.echo(
        f"{counted(imported.questions, 'question')} ({imported.unanswerable:,} unanswerable) about "
        f"{counted(imported.articles, 'article')}: {visible_name(str(out))}"
    )


def _suggest(*commands: str) -> None:
    click.echo("Next:")
    for command in commands:
        click.echo(f"  {visible_name(command)}")


def _eval_command(question_set: Path, index: Path | None) -> str:
    return f"byline eval {_quoted(question_set)}{f' --index {_quoted(index)}' if index else ''}"


def _quoted(path: Path) -> str:
    return shlex.quote(str(path))
