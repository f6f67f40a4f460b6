"""Parsing and completion of run names and question IDs."""

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import click
from click.shell_completion import CompletionItem

from eval.runs.run_store import runs_in
from index.errors import BadRequest
from tui.paths import runs_folder

_COMPARE = "--compare"
LAST_RUN = ""
"""The value of a `--compare` without a run."""
_RUN_NAME = re.compile(r"[0-9]{8}(-[0-9-]*)?")
"""A run's name begins with its date; no other word is taken for a run."""
_JSON = "--json"
STDOUT = "-"
"""The value of a `--json` without a file."""
_JSON_SUFFIX = ".json"
"""A word with this suffix is taken for a JSON file; a SET ends in .jsonl."""


class WithOptionalValues(click.Command):
    """Takes the word after `--compare` or `--json` as its value only if it looks like one.

    Otherwise that word is the SET or another option. `--compare=RUN` and `--json=FILE` always have
    that value.
    """

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Join each of these options with its value into one word."""
        return super().parse_args(ctx, args if ctx.resilient_parsing else list(_joined(args)))


def _joined(args: Sequence[str]) -> Iterator[str]:
    words = list(args)
    while words:
        word = words.pop(0)
        if word == "--":
            yield word
            yield from words
            return
        following = words[0] if words else ""
        if word == _COMPARE:
            is_run = _RUN_NAME.fullmatch(following)
            yield f"{_COMPARE}={words.pop(0) if is_run else LAST_RUN}"
            if following and not is_run:
                _require_set_or_option(following)
        elif word == _JSON:
            is_file = following == STDOUT or following.lower().endswith(_JSON_SUFFIX)
            yield f"{_JSON}={words.pop(0) if is_file else STDOUT}"
        else:
            yield word


def _require_set_or_option(word: str) -> None:
    """Raise click.UsageError for a word that cannot follow `--compare`."""
    if not word.startswith("-") and not Path(word).exists():
        raise click.UsageError(f"{word} is neither a run nor a file; see `byline eval runs`")


def complete_run(_ctx: click.Context, _param: click.Parameter, start: str) -> list[CompletionItem]:
    """Complete the name of a run."""
    return [
        CompletionItem(run.name, help=run.settings.set_name)
        for run in runs_in(runs_folder())
        if run.name.startswith(start)
    ]


def complete_run_or_file(
    ctx: click.Context, param: click.Parameter, start: str
) -> list[CompletionItem]:
    """Complete the name of a run, or else of a file."""
    return complete_run(ctx, param, start) or [CompletionItem(start, type="file")]


def complete_id(ctx: click.Context, _param: click.Parameter, start: str) -> list[CompletionItem]:
    """Complete the ID of a question of the named run, or of the last one."""
    name = str(ctx.params.get("run_name") or "")
    run = next((run for run in runs_in(runs_folder()) if run.name.startswith(name)), None)
    with suppress(BadRequest):
        ids = [outcome.id for outcome in run.outcomes()] if run else []
        return [CompletionItem(one) for one in ids if one.isprintable() and one.startswith(start)]
    return []
