"""The folder of saved conversations."""

import os
import re
import secrets
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from index.articles.files import Skipped
from index.errors import BadRequest, reason_of
from index.storage.scope import EVERYTHING, Scope
from qa.answers import Answered
from tui.sessions.log import (
    AnsweredTurn,
    EventHeader,
    Log,
    Named,
    NotSaved,
    ScopeSet,
    UnansweredTurn,
    append_event,
    events,
    headers,
    read_log,
)
from tui.sessions.session import (
    Listing,
    Session,
    SessionSummary,
    Turn,
    local_now,
    searchable_text,
    session_from,
    summarise,
)

_ID = re.compile(r"[0-9]{8}-[0-9]{6}-[0-9]{6}-[0-9a-f]{4}", re.ASCII)
_SUFFIX = ".jsonl"
TRASH = "trash"
"""Name of the folder of deleted conversations, inside the folder of conversations."""


@dataclass(frozen=True, slots=True)
class Sessions:
    """A folder of conversations. Methods that write raise NotSaved if they cannot."""

    folder: Path

    def new(self) -> Session:
        """Return a new conversation; its file appears with its first turn, name or scope."""
        moment = datetime.now(UTC).astimezone()
        now = moment.isoformat(timespec="seconds")
        session_id = f"{moment:%Y%m%d-%H%M%S-%f}-{secrets.token_hex(2)}"
        return Session(session_id, None, (), EVERYTHING, now, now)

    def append(self, session_id: str, turn: Turn) -> None:
        """Save a turn; it is on disk when this returns."""
        at, reply = datetime.fromisoformat(turn.at), turn.reply
        if isinstance(reply, Answered):
            append_event(self.path(session_id), AnsweredTurn(at, turn.question, reply))
        else:
            append_event(self.path(session_id), UnansweredTurn(at, turn.question, reply))

    def rename(self, session_id: str, name: str) -> None:
        """Name a conversation; an empty name removes the name."""
        append_event(self.path(session_id), Named(_now(), " ".join(name.split())))

    def set_scope(self, session_id: str, scope: Scope) -> None:
        """Save which articles are searched."""
        limited = ScopeSet(_now(), scope.within, scope.since, scope.until, scope.where)
        append_event(self.path(session_id), limited)

    def delete(self, session_id: str) -> None:
        """Move a conversation to the trash; one without a file needs no move.

        An earlier copy in the trash, left by a conversation that went on elsewhere, is kept.
        """
        file, trashed = self.path(session_id), self._trashed(session_id)
        if not file.exists():
            return
        try:
            trashed.parent.mkdir(mode=0o700, exist_ok=True)
            if trashed.exists():
                trashed.rename(trashed.with_stem(f"{session_id}-{secrets.token_hex(4)}"))
            file.rename(trashed)
        except OSError as error:
            raise NotSaved(f"{file} cannot be deleted: {reason_of(error)}") from error

    def restore(self, session_id: str) -> None:
        """Take a conversation out of the trash. Raises BadRequest if it is not there."""
        try:
            # A link fails, unlike a rename, if the conversation has gone on in a new file.
            os.link(self._trashed(session_id), self.path(session_id))
            self._trashed(session_id).unlink()
        except FileNotFoundError as error:
            raise BadRequest(f"conversation {session_id} is not in the trash") from error
        except OSError as error:
            raise NotSaved(f"{session_id} cannot be restored: {reason_of(error)}") from error

    def load(self, session_id: str) -> Session:
        """Read a conversation. Raises BadRequest if there is none that can be read."""
        log = read_log(self.path(session_id), events)
        if isinstance(log, Skipped):
            raise BadRequest(f"conversation {log.path} cannot be opened: {log.reason}")
        return session_from(session_id, log)

    def list(self) -> tuple[SessionSummary, ...]:
        """Return all conversations, most recently used first."""
        return self.listing().summaries

    def latest(self) -> SessionSummary | None:
        """Return the most recently used conversation; None if there is none."""
        return next(iter(self.list()), None)

    def listing(self) -> Listing:
        """Return all conversations, most recently used first, and the files that are none."""
        summaries: list[SessionSummary] = []
        skipped: list[Skipped] = []
        for path in self._files():
            log = _read_headers(path)
            if isinstance(log, Skipped):
                skipped.append(log)
            else:
                summaries.append(summarise(path.stem, log.records))
        summaries.sort(key=_last_used, reverse=True)
        return Listing(tuple(summaries), tuple(skipped))

    def search(self, words: str) -> tuple[SessionSummary, ...]:
        """Return the conversations that contain all words, in any case.

        Names, questions, answers and the sentences around them are searched.
        """
        wanted = words.casefold().split()
        found = []
        for summary in self.list():
            log = read_log(self.path(summary.id), events)
            if not isinstance(log, Skipped):
                text = searchable_text(session_from(summary.id, log)).casefold()
                if all(word in text for word in wanted):
                    found.append(summary)
        return tuple(found)

    def path(self, session_id: str) -> Path:
        """Return the file of a conversation. Raises BadRequest if this is not an ID."""
        return self.folder / (_checked(session_id) + _SUFFIX)

    def _trashed(self, session_id: str) -> Path:
        return self.folder / TRASH / (_checked(session_id) + _SUFFIX)

    def _files(self) -> Iterator[Path]:
        with suppress(FileNotFoundError):
            for path in sorted(self.folder.iterdir()):
                if path.name != TRASH and not path.name.startswith("."):
                    yield path


def _checked(session_id: str) -> str:
    if not _ID.fullmatch(session_id):
        raise BadRequest(f"{session_id} is not the ID of a conversation")
    return session_id


def _last_used(summary: SessionSummary) -> tuple[float, str]:
    return datetime.fromisoformat(summary.updated).timestamp(), summary.id


def _now() -> datetime:
    return datetime.fromisoformat(local_now())


def _read_headers(path: Path) -> Log[EventHeader] | Skipped:
    if path.suffix != _SUFFIX or not _ID.fullmatch(path.stem):
        return Skipped(str(path), "not a conversation, by its name")
    return read_log(path, headers)
