"""Conversations that are still there when the terminal is opened again."""

import os
import re
import secrets
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from index.articles.files import Skipped
from index.errors import BadRequest, reason_of
from qa.answers import Answered
from tui.sessions.log import (
    AnsweredTurn,
    Event,
    Glance,
    Kept,
    Limited,
    Named,
    NotKept,
    UnansweredTurn,
    append_event,
    events,
    glances,
    read_events,
)
from tui.sessions.session import (
    Listing,
    Session,
    SessionSummary,
    Turn,
    last_used,
    local_now,
    said_in,
    session_of,
    summarise,
)

_ID = re.compile(r"[0-9]{8}-[0-9]{6}-[0-9]{6}-[0-9a-f]{4}", re.ASCII)
_SUFFIX = ".jsonl"
TRASH = "trash"
"""Folder, inside that of the conversations, of those that were deleted."""


@dataclass(frozen=True, slots=True)
class Sessions:
    """A folder of conversations. Every method that writes raises NotKept where it cannot."""

    folder: Path

    def new(self) -> Session:
        """Begin a conversation; its file appears with its first turn, name or limit."""
        moment = datetime.now(UTC).astimezone()
        now = moment.isoformat(timespec="seconds")
        return Session(f"{moment:%Y%m%d-%H%M%S-%f}-{secrets.token_hex(2)}", "", (), (), now, now)

    def append(self, session_id: str, turn: Turn) -> None:
        """Keep a turn; when this returns, the disk has it."""
        at, reply = datetime.fromisoformat(turn.at), turn.reply
        event: Event
        if isinstance(reply, Answered):
            event = AnsweredTurn(at, turn.question, reply)
        else:
            event = UnansweredTurn(at, turn.question, reply)
        append_event(self.path(session_id), event)

    def rename(self, session_id: str, name: str) -> None:
        """Name a conversation; an empty name takes the name away."""
        append_event(self.path(session_id), Named(_now(), " ".join(name.split())))

    def limit(self, session_id: str, within: tuple[str, ...]) -> None:
        """Keep which paths the chat is limited to; none: it is not limited."""
        append_event(self.path(session_id), Limited(_now(), within))

    def delete(self, session_id: str) -> None:
        """Move a conversation to the trash; one without a file is gone already.

        What the trash holds of it from before, because it went on meanwhile, stays there.
        """
        file, place = self.path(session_id), self._trashed(session_id)
        if not file.exists():
            return
        try:
            place.parent.mkdir(mode=0o700, exist_ok=True)
            if place.exists():
                place.rename(place.with_stem(f"{session_id}-{secrets.token_hex(4)}"))
            file.rename(place)
        except OSError as error:
            raise NotKept(f"{file} cannot be deleted: {reason_of(error)}") from error

    def restore(self, session_id: str) -> None:
        """Take a conversation out of the trash. Raises BadRequest where it is not in there."""
        try:
            # A link, not a renaming: the conversation may have gone on in a new file meanwhile.
            os.link(self._trashed(session_id), self.path(session_id))
            self._trashed(session_id).unlink()
        except FileNotFoundError as error:
            raise BadRequest(f"the conversation {session_id} is not in the trash") from error
        except OSError as error:
            raise NotKept(f"{session_id} cannot be restored: {reason_of(error)}") from error

    def load(self, session_id: str) -> Session:
        """Read a conversation. Raises BadRequest where there is none that can be read."""
        kept = read_events(self.path(session_id), events)
        if isinstance(kept, Skipped):
            raise BadRequest(f"the conversation {kept.path} cannot be opened: {kept.reason}")
        return session_of(session_id, kept)

    def list(self) -> tuple[SessionSummary, ...]:
        """Give all conversations, the last used first."""
        return self.listing().summaries

    def latest(self) -> tuple[SessionSummary, ...]:
        """Give the conversation that was used last, or nothing."""
        return self.list()[:1]

    def listing(self) -> Listing:
        """Give all conversations, the last used first, and what in the folder is none."""
        summaries, skipped = [], []
        for path in self._files():
            kept = _glanced(path)
            if isinstance(kept, Skipped):
                skipped.append(kept)
            else:
                summaries.append((last_used(kept.records), summarise(path.stem, kept.records)))
        ordered = sorted(summaries, key=lambda one: (one[0], one[1].id), reverse=True)
        return Listing(tuple(summary for _, summary in ordered), tuple(skipped))

    def search(self, words: str) -> tuple[SessionSummary, ...]:
        """Find the conversations that hold all these words, in whatever case.

        Looked at are names, questions, answers and the sentences that they stand in.
        """
        wanted = words.casefold().split()
        return tuple(one for one in self.list() if self._holds(one, wanted))

    def _holds(self, summary: SessionSummary, wanted: Sequence[str]) -> bool:
        kept = read_events(self.path(summary.id), events)
        if isinstance(kept, Skipped):
            return False
        session = session_of(summary.id, kept)
        said = "\n".join(said_in(session)).casefold()
        return all(word in said for word in wanted)

    def path(self, session_id: str) -> Path:
        """Give the file of a conversation. Raises BadRequest for what is no id."""
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
        raise BadRequest(f"{session_id} is not the id of a conversation")
    return session_id


def _now() -> datetime:
    return datetime.fromisoformat(local_now())


def _glanced(path: Path) -> Kept[Glance] | Skipped:
    if path.suffix != _SUFFIX or not _ID.fullmatch(path.stem):
        return Skipped(str(path), "not a conversation, by its name")
    return read_events(path, glances)
