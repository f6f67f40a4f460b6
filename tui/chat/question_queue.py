"""Queued questions, each with the conversation in which it was asked."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace

from tui.sessions.session import Session


@dataclass(frozen=True, slots=True)
class Pending:
    """A question without a reply yet."""

    session: Session
    """As the chat last showed it, or after its last answered question."""
    question: str
    number: int
    """Of its entry in the transcript, while its conversation is shown."""
    standalone: bool
    """Whether it is asked as it is, without the turns before it."""


class QuestionQueue:
    """Questions in the order in which they were asked; the first is being answered."""

    def __init__(self) -> None:
        self._pending: deque[Pending] = deque()

    def __bool__(self) -> bool:
        return bool(self._pending)

    @property
    def first(self) -> Pending:
        """The question that is being answered."""
        return self._pending[0]

    def is_last(self) -> bool:
        """Return whether no question follows the one that is being answered."""
        return len(self._pending) == 1

    def add(self, pending: Pending) -> None:
        """Append a question."""
        self._pending.append(pending)

    def pop(self) -> Pending:
        """Remove and return the first question."""
        return self._pending.popleft()

    def update_session(self, session: Session) -> None:
        """Give the questions of a conversation its latest state."""
        self._change(session.id, lambda pending: replace(pending, session=session))

    def show(self, session_id: str, add: Callable[[str, bool], int]) -> None:
        """Show the questions of a conversation again.

        `add` takes each question and whether it is being answered; it returns the entry's number.
        """
        self._change(
            session_id,
            lambda pending: replace(pending, number=add(pending.question, pending is self.first)),
        )

    def _change(self, session_id: str, change: Callable[[Pending], Pending]) -> None:
        self._pending = deque(
            change(pending) if pending.session.id == session_id else pending
            for pending in self._pending
        )
