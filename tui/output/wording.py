"""The wording of replies, citations and counts, shared by the terminal, the chat and exports."""

from datetime import date

from index.build.events import Progress, Stage
from qa.answers import Citation, NoAnswer, Reason, Reply, Status
from tui.output.sanitise import visible_name

REFUSAL = "No confident answer"
"""Every refusal begins with it."""
_REASONS = {
    Reason.NO_PASSAGES: "no matching passages",
    Reason.NO_SPAN: "no sentence in the matching passages answers it",
    Reason.INDEX_STALE: (
        "the passage that answers this has changed since indexing; run `byline index`"
    ),
}
STATUS_NOTES = {
    Status.MOVED: "moved since indexing",
    Status.CHANGED: "changed since indexing; not quoted",
    Status.GONE: "file missing",
}
"""What became of a citation; one that is unchanged has no note."""


def refusal(reply: NoAnswer, threshold: float | None = None) -> str:
    """Say that there is no answer, and why; threshold is None where it is no longer known."""
    if reply.reason in _REASONS:
        return f"{REFUSAL}: {_REASONS[reply.reason]}."
    if not reply.rejected:
        return f"{REFUSAL}."
    closest = reply.rejected[0].confidence
    if threshold is None:
        return f"{REFUSAL}. Closest match: {closest:.0%}."
    digits = int(f"{closest:.0%}" == f"{threshold:.0%}")
    return f"{REFUSAL}. Closest match: {closest:.{digits}%} (threshold {threshold:.{digits}%})."


def rejected_label(reply: NoAnswer) -> str:
    """Return what stands above the closest passage of a refusal."""
    if reply.reason is Reason.INDEX_STALE:
        return "Was at:"
    return "Closest passage (not confident enough):"


def confidence_label(confidence: float) -> str:
    """Return a confidence in words: `97% sure`."""
    return f"{confidence:.0%} sure"


def rewritten_question(question: str, reply: Reply) -> str | None:
    """Return the question that was searched for, None if it is the one that was typed."""
    return None if reply.asked == " ".join(question.split()) else reply.asked


def location(citation: Citation) -> str:
    """Return `path:line:column` of an answer, safe to show."""
    return f"{visible_name(citation.path)}:{citation.answer.line}:{citation.answer.column}"


def title_and_date(citation: Citation) -> str:
    """Return the title and date of a citation's article, as far as they are known."""
    return ", ".join(part for part in (citation.title, *map(day, citation.dates)) if part)


def day(when: date) -> str:
    """Return a date as in `3 May 2011`."""
    return f"{when:%d %B %Y}".lstrip("0")


def counted(count: int, noun: str) -> str:
    """Return a count with its noun: `1 error`, `1,200 articles`."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def step_detail(progress: Progress) -> str:
    """Return what a step of a build waits for, empty while it runs."""
    # The first batch waits for torch and the model, which takes seconds.
    loading = progress.stage is Stage.EMBED and not progress.done
    return "loading the model" if loading else ""
