"""What stands above an article: which it is, and how it is now."""

from textual.content import Content

from qa.answers import Citation, Status
from tui.chat.source.loading import NOTHING, Loaded, Outcome, Unreadable, Wanted
from tui.output.sanitise import visible, visible_name
from tui.output.wording import STATUS_NOTES, title_and_date


def header(wanted: Wanted, outcome: Outcome) -> Content:
    """Tell path and line, title and date, and what became of it since it was indexed."""
    if wanted is NOTHING:
        return Content("")
    note = _note(outcome)
    told = title_and_date(wanted) if isinstance(wanted, Citation) else wanted.title
    place = visible_name(wanted.path) + (
        f":{_line(wanted, outcome)}" if _line(wanted, outcome) else ""
    )
    parts: list[str | tuple[str, str]] = [(place, "bold")]
    if told:
        parts.append("  " + visible(told))
    if note:
        parts.append((f"\n{note}", "bold $text-warning"))
    return Content.assemble(*parts)


def unreadable(wanted: Wanted, outcome: Outcome) -> str:
    """Tell why an article cannot be shown, and what was cited from it."""
    if not isinstance(outcome, Unreadable):
        return ""
    reason = f"This article cannot be shown: {visible(outcome.reason)}."
    if not isinstance(wanted, Citation):
        return reason
    return f"{reason}\n\nWhen it was indexed, it said: {visible(wanted.sentence.text)}"


def _line(wanted: Wanted, outcome: Outcome) -> int:
    """Give the line of the citation, as it is now; 0 without one."""
    if not isinstance(wanted, Citation):
        return 0
    return outcome.marks.place.line if isinstance(outcome, Loaded) else wanted.answer.line


def _note(outcome: Outcome) -> str:
    match outcome:
        case Loaded(_, marks) if marks.status is Status.MOVED:
            return f"moved since indexing, to line {marks.place.line}"
        case Loaded(_, marks):
            return STATUS_NOTES.get(marks.status, "")
        case Unreadable(status):
            return STATUS_NOTES.get(status, "")
        case _:
            return ""
