"""The wording of replies, citations and counts, shared by the terminal, the chat and exports."""

import shlex
from datetime import date

from index.build.events import Progress, Stage
from index.storage.scope import Scope
from qa.answers import Citation, NoAnswer, Precision, Reason, Reply, ResolvedDate, Status
from tui.output.sanitise import visible, visible_name

REFUSAL = "No confident answer"
"""Every refusal of a question about the articles begins with it."""
PERHAPS = "Perhaps"
"""Every answer in doubt is called that."""
DOUBT = f"{PERHAPS}: the articles may not answer this; check the quote."
"""Stands with a best answer that is in doubt."""
ARTICLES_DIFFER = "The articles differ: compare their answers and dates."
"""Stands with answers that contradict each other."""
NOT_FOUND = "no passage holds that"
"""What is shown where nothing was found."""
_REASONS = {
    Reason.NO_PASSAGES: "no matching passages",
    Reason.NO_SPAN: "no sentence in the matching passages answers it",
    Reason.INDEX_STALE: (
        "the passage that answers this has changed since indexing; run `byline index`"
    ),
}
_NO_QUESTIONS = {
    Reason.DOUBT: "Byline quotes the articles and cannot judge them: check the quote in its file.",
    Reason.SMALL_TALK: "That is no question about the articles. Ask one whenever you like.",
}
"""Replies to what is no question about the articles."""
_DOTS = 5
STATUS_NOTES = {
    Status.MOVED: "moved since indexing",
    Status.CHANGED: "changed since indexing; not quoted",
    Status.GONE: "file missing",
}
"""What became of a citation; one that is unchanged has no note."""


def refusal(reply: NoAnswer, threshold: float | None = None) -> str:
    """Say that there is no answer, and why; threshold is None where it is no longer known."""
    if reply.reason in _NO_QUESTIONS:
        return _NO_QUESTIONS[reply.reason]
    if reply.missing_folder:
        folder = shlex.quote(visible_name(reply.missing_folder))
        return (
            f"{REFUSAL}: the folder that has it, {folder}, is missing; restore it, "
            f"or run `byline index --forget {folder}`."
        )
    if reply.reason in _REASONS:
        return f"{REFUSAL}: {_REASONS[reply.reason]}."
    if not reply.rejected:
        return f"{REFUSAL}."
    closest = reply.rejected[0].confidence
    if threshold is None:
        return f"{REFUSAL}. Closest match: {closest:.0%}."
    digits = int(f"{closest:.0%}" == f"{threshold:.0%}")
    return f"{REFUSAL}. Closest match: {closest:.{digits}%} (threshold {threshold:.{digits}%})."


def never_mentioned(reply: Reply) -> str:
    """Return what of the question no article mentions, safe to show; empty without any."""
    words = [
        f"{visible(one.words)} (did you mean {visible(one.suggestion)}?)"
        if one.suggestion
        else visible(one.words)
        for one in reply.unmentioned
    ]
    return f"Never mentioned: {', '.join(words)}." if words else ""


def rejected_label(reply: NoAnswer) -> str:
    """Return what stands above the closest passage of a refusal."""
    if reply.reason is Reason.INDEX_STALE:
        return "Was at:"
    return "Closest passage (not confident enough):"


def confidence_label(confidence: float, doubtful: bool) -> str:
    """Return how sure an answer is: `97% sure`, or `perhaps, 45% sure`."""
    doubt = f"{PERHAPS.lower()}, " if doubtful else ""
    return f"{doubt}{confidence:.0%} sure"


def searched_question(question: str, reply: Reply) -> str | None:
    """Return the question that was searched for, None if it is the one that was typed."""
    return None if reply.asked == " ".join(question.split()) else reply.asked


def location(citation: Citation) -> str:
    """Return `path:line:column` of an answer, safe to show."""
    return visible_name(f"{citation.path}:{citation.answer.place.label}")


def full_location(citation: Citation) -> str:
    """Return the same with the absolute path, to be used anywhere."""
    return visible_name(f"{citation.file}:{citation.answer.place.label}")


def short_location(citation: Citation, columns: int) -> str:
    """Return the same for people, as short as it is clear, in at most this many columns."""
    path = citation.short_path or citation.path
    return fitting_path(visible_name(f"{path}:{citation.answer.place.label}"), columns)


def fitting_path(path: str, columns: int) -> str:
    """Return a path with the middle left out if it is wider than that; its end is its name.

    It takes one column at least.
    """
    columns = max(1, columns)
    if columns_of(path) <= columns:
        return path
    folder, slash, name = path.rpartition("/")
    room = columns - columns_of(slash + name) - 1
    if room > 0:
        return f"{fitting(folder, room + 1)}{slash}{name}"
    end = path[-columns:]
    while columns_of(end) >= columns:
        end = end[1:]
    return f"…{end}"


def fitting(text: str, columns: int) -> str:
    """Return text with its end left out if it is wider than that; it takes one column at least."""
    columns = max(1, columns)
    if columns_of(text) <= columns:
        return text
    start = text[: columns - 1]
    while columns_of(start) >= columns:
        start = start[:-1]
    return f"{start}…"


def columns_of(text: str) -> int:
    """Return how many columns of a terminal a text takes."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len  # most paths are ASCII

    return cell_len(text)


def confidence_dots(confidence: float) -> str:
    """Return how sure an answer is as five dots, filled from the left."""
    filled = round(confidence * _DOTS)
    return "●" * filled + "○" * (_DOTS - filled)


def title_and_date(citation: Citation) -> str:
    """Return the title and date of a citation's article, as far as they are known."""
    return ", ".join(part for part in (citation.title, *map(day, citation.dates)) if part)


def short_title_and_date(citation: Citation, columns: int) -> str:
    """Return the same, safe to show; the title is cut so that it takes at most these columns."""
    dates = "".join(f", {day(one)}" for one in citation.dates)
    title = fitting(visible(citation.title), columns - len(dates))
    return f"{title}{dates}".removeprefix(", ")


def found_counts(passages: int, articles: int) -> str:
    """Return how much was found: `12 passages in 3 articles`."""
    return f"{counted(passages, 'passage')} in {counted(articles, 'article')}"


def undated_note(count: int) -> str:
    """Say how many articles were only left out because they have no date; empty if none was."""
    if not count:
        return ""
    have = "has no date and was" if count == 1 else "have no date and were"
    return f"{counted(count, 'article')} {have} left out."


def filter_labels(scope: Scope) -> list[str]:
    """Return each filter of a scope, safe to show: `since 1 July 2011`, `author=Ada Quill`."""
    labels = [f"in {visible_name(path)}" for path in scope.within]
    labels += [f"since {day(scope.since)}"] if scope.since else []
    labels += [f"until {day(scope.until)}"] if scope.until else []
    return labels + [visible(field.text) for field in scope.where]


def day(when: date) -> str:
    """Return a date as in `3 May 2011`."""
    return f"{when.day} {when:%B} {when.year}"


def resolved_date(resolved: ResolvedDate) -> str:
    """Return what a relative or partial date means: `8 July 2008`, `the week of 7 July 2008`."""
    parts = [int(part) for part in resolved.date.split("-")]
    first = date(*parts, *[1] * (3 - len(parts)))
    match resolved.precision:
        case Precision.YEAR:
            return f"{first.year}"
        case Precision.MONTH:
            return f"{first:%B} {first.year}"
        case Precision.DAY:
            return day(first)
    return f"the {resolved.precision} of {day(first)}"


def answer_meaning(citation: Citation) -> str:
    """Return the computed date of an answer in brackets, as in ` (8 July 2008)`; else nothing."""
    meanings = dict.fromkeys(map(resolved_date, citation.answer_dates))
    return f" ({', '.join(meanings)})" if meanings and citation.is_current else ""


def computed_dates(citation: Citation) -> str:
    """Return what the dates of a cited sentence mean, marked as computed; empty without any."""
    if not citation.resolved or not citation.is_current:
        return ""
    meanings = [f"{visible(one.text)} = {resolved_date(one)}" for one in citation.resolved]
    known = " and ".join(map(day, citation.dates))
    return f"Computed from the date {known}: {'; '.join(dict.fromkeys(meanings))}"


def counted(count: int, noun: str) -> str:
    """Return a count with its noun: `1 error`, `1,200 articles`."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def step_detail(progress: Progress) -> str:
    """Return what a step of a build waits for, empty while it runs."""
    # The first batch waits for torch and the model, which takes seconds.
    loading = progress.stage is Stage.EMBED and not progress.done
    return "loading the model" if loading else ""
