"""`byline eval import` and `byline eval new`: question sets of one's own."""

import shlex
from contextlib import closing
from pathlib import Path

import click

from eval.importers.beir import import_beir
from eval.importers.events import Imported
from eval.importers.folder import ARTICLES, QUESTIONS
from eval.importers.marks import import_marks
from eval.importers.squad import import_squad
from eval.sets.question_set import read_questions
from index.storage.store import Store
from qa.bot import Bot
from tui.cli.new_set_prompts import write_set
from tui.cli.options import index_option, reader_option
from tui.cli.which_index import store_to_ask
from tui.exit_codes import Exit
from tui.output.import_progress import watch_import
from tui.output.sanitise import visible, visible_name
from tui.paths import default_index, marks_file, model_cache
from tui.settings import chosen_reader, index_folder_or

_PATH = click.Path(path_type=Path)
_overwrite = click.option("--overwrite", is_flag=True, help="Replace what an import made before.")


@click.group(
    "import",
    epilog="""\b
Examples:
  byline eval import squad dev-v2.0.json dev     articles and questions in the folder dev
  byline eval import beir scifact made           from corpus.jsonl, queries.jsonl and qrels/
  byline eval import marks mine.jsonl            what you marked in the chat""",
)
def import_command() -> None:
    """Make a question set of what others keep theirs in, or of the marks from the chat."""


@import_command.command("squad", short_help="A file in SQuAD's format, version 1.1 or 2.0.")
@click.argument("source", metavar="FILE", type=_PATH)
@click.argument("folder", required=False, type=_PATH)
@_overwrite
def squad_command(source: Path, folder: Path | None, overwrite: bool) -> int:
    """Make FOLDER of a FILE in SQuAD's format, version 1.1 or 2.0, compressed by gzip or not.

    Without a FOLDER, it is named as the file is, and made here.
    """
    made = folder or Path(source.name.removesuffix(".gz").removesuffix(".json"))
    for imported in watch_import(import_squad(source, made, overwrite)):
        _tell_folder(imported, made)
    return Exit.DONE


@import_command.command("beir", short_help="A BEIR folder.")
@click.argument("source", metavar="BEIR_FOLDER", type=_PATH)
@click.argument("folder", type=_PATH)
@click.option("--split", default="", metavar="NAME", help="Of the qrels. [default: test]")
@_overwrite
def beir_command(source: Path, folder: Path, split: str, overwrite: bool) -> int:
    """Make FOLDER of a BEIR folder; its answers are documents, so only finding them is judged."""
    for imported in watch_import(import_beir(source, folder, split, overwrite)):
        _tell_folder(imported, folder)
    return Exit.DONE


@import_command.command("marks", short_help="What you marked right or wrong in the chat.")
@click.argument("question_set", metavar="SET", type=_PATH)
@click.option("--marks", type=_PATH, help="The marks. [default: those of your chats]")
@index_option
@_overwrite
def marks_command(
    question_set: Path, marks: Path | None, index_folder: Path | None, overwrite: bool
) -> int:
    """Write the answers that you marked right or wrong in the chat into a SET of their own."""
    roots = Store(index_folder_or(index_folder, default_index())).remembered_roots()
    _tell(import_marks(marks or marks_file(), question_set, roots, overwrite), question_set)
    _tell_next(f"byline eval {_quoted(question_set)}{_index_words(index_folder)}")
    return Exit.DONE


@click.command(
    "new",
    epilog="""\b
For each question it shows the lines nearest to it. Choose those that answer it, by number or as
PATH:LINE, and give the words that answer; or say that the articles do not answer. Each question
is saved at once, so end it when you like: Ctrl-D. With + before it, a question is a follow-up of
the last one, as "+ And who signed it?", and keeps what was asked before it.""",
)
@click.argument("question_set", metavar="SET", type=_PATH)
@reader_option
@index_option
def new_command(question_set: Path, reader: str | None, index_folder: Path | None) -> int:
    """Write a question SET, or add to one, with the lines of your articles at hand."""
    before = read_questions(question_set) if question_set.exists() else []
    chosen = chosen_reader(reader)
    store = store_to_ask(index_folder, chosen)
    count = 0
    with closing(Bot.open(store, model_cache(), chosen, 0.0, _notice)) as bot:
        for saved in write_set(bot, question_set, before):
            count += 1
            click.echo(f"Saved as {visible(saved.id)}")
    click.echo()
    _notice(f"{count:,} saved in {question_set}, which holds {len(before) + count:,}")
    if count:
        _tell_next(f"byline eval {_quoted(question_set)}{_index_words(index_folder)}")
    return Exit.DONE


def _tell_folder(imported: Imported, folder: Path) -> None:
    _tell(imported, folder)
    index = f"--index {_quoted(folder / 'index')}"
    _tell_next(
        f"byline index {_quoted(folder / ARTICLES)} {index}",
        f"byline eval {_quoted(folder / QUESTIONS)} {index}",
    )


def _tell(imported: Imported, made: Path) -> None:
    for note in imported.notes:
        _notice(f"{note.count:,} {note.what} (the first: {note.first})")
    click.echo(
        f"{_counted(imported.questions, 'question')}, {imported.unanswerable:,} of them without an "
        f"answer, about {_counted(imported.articles, 'article')}: {visible_name(str(made))}"
    )


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'s' * (number != 1)}"


def _tell_next(*commands: str) -> None:
    click.echo("Next:")
    for command in commands:
        click.echo(f"  {visible_name(command)}")


def _index_words(folder: Path | None) -> str:
    return f" --index {_quoted(folder)}" if folder else ""


def _quoted(path: Path) -> str:
    return shlex.quote(str(path))


def _notice(message: str) -> None:
    click.echo(f"byline: {visible(message)}", err=True)
