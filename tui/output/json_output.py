"""Replies and reports as JSON, an interface that scripts and other programs rely on."""

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from qa.answers import Answer, Answered, Citation, Quote, Reply, Status, part_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from index.articles.places import Place
    from index.articles.structure import LineKind
    from index.articles.text import Text
    from index.build.events import Summary
    from index.check import Finding
    from index.storage.scope import Scope
    from qa.citations import QuoteStatus
    from qa.find import FoundArticle, Mentions
    from qa.lookup import Lookup
    from qa.verify import Checked
    from tui.library.contents import LibraryArticle
    from tui.output.quote_records import QuoteRecord
    from tui.output.verify import Verified


def reply_json(reply: Reply, question_id: str | int | None) -> dict[str, Any]:
    """Return a reply for JSON."""
    answered = isinstance(reply, Answered)
    answers = reply.answers if isinstance(reply, Answered) else reply.rejected
    spent = reply.milliseconds
    return {
        "id": question_id,
        "question": reply.question,
        "asked": reply.asked,
        "answered": answered,
        "status": reply.state.value,
        "reason": None if isinstance(reply, Answered) else reply.reason.value,
        "answers": [_answer(answer) for answer in answers],
        "articles_differ": isinstance(reply, Answered) and reply.articles_differ,
        "never_mentioned": [
            {"words": one.words, "suggestion": one.suggestion} for one in reply.unmentioned
        ],
        **_limits(reply.scope, reply.undated),
        "milliseconds": {
            "retrieve": round(spent.retrieve, 1),
            "read": round(spent.read, 1),
            "total": round(spent.total, 1),
        },
    }


def _limits(scope: "Scope", undated: int) -> dict[str, Any]:
    """Return which filters were applied, and how many articles they left out for want of a date."""
    filters = {
        "in": list(scope.within),
        "since": scope.since.isoformat() if scope.since else None,
        "until": scope.until.isoformat() if scope.until else None,
        "where": [field.text for field in scope.where],
    }
    return {"filters": filters, "undated": undated}


def error_json(message: str, question: str, question_id: str | int | None) -> dict[str, Any]:
    """Return what is said of an invalid question for JSON."""
    return {"id": question_id, "question": question, "answered": False, "error": message}


def summary_json(summary: "Summary") -> dict[str, Any]:
    """Return the summary of a build for JSON."""
    return {
        "added": summary.added,
        "changed": summary.changed,
        "removed": summary.removed,
        "unchanged": summary.unchanged,
        "skipped": [{"path": file.path, "reason": file.reason} for file in summary.skipped],
        "missing_folders": [
            {"path": missing.root.given, "articles_kept": missing.articles}
            for missing in summary.missing_roots
        ],
        "mixed_encoding": list(summary.mixed),
        "notes": [{"path": file.path, "note": file.reason} for file in summary.notes],
        "articles": summary.articles,
        "passages": summary.passages,
        "embedded": summary.embedded,
        "reused": summary.reused,
        "published": summary.published,
        "rebuilt": summary.rebuild_reason,
        "seconds": round(summary.seconds, 3),
    }


def findings_json(findings: "list[Finding]") -> dict[str, Any]:
    """Return the findings of a check for JSON."""
    return {
        "ok": all(finding.state == "ok" for finding in findings),
        "findings": [asdict(finding) for finding in findings],
    }


def lookup_json(found: "Lookup") -> dict[str, Any]:
    """Return a line of an article and its context for JSON."""
    return {
        "path": found.path,
        "status": found.status.value,
        **_start(found.place),
        "title": found.title or None,
        "lines": [{**_start(line.place), "text": line.text} for line in found.lines],
    }


def structure_json(path: str, lines: "Sequence[LineKind]") -> dict[str, Any]:
    """Return the lines of a file with what each was taken for for JSON."""
    said = [{"line": one.number, "kind": one.kind, "text": one.text} for one in lines]
    return {"path": path, "structure": said}


def found_json(words: str, found: "Mentions") -> dict[str, Any]:
    """Return every place of some words for JSON."""
    return {
        "words": words,
        "passages": sum(article.passages for article in found.articles),
        "articles": len(found.articles),
        **_limits(found.scope, found.undated),
        "found": [_found_article(article) for article in found.articles],
    }


def _found_article(article: "FoundArticle") -> dict[str, Any]:
    return {
        "path": article.path,
        "title": article.title or None,
        "date": article.date.isoformat() if article.date else None,
        "passages": article.passages,
        "places": [
            {
                **_place(place.quote),
                "status": place.status.value,
                "quote": place.quote.text,
                "marks": [
                    _place(part_of(place.quote, mark.start, mark.of(place.quote.text)))
                    for mark in place.marks
                ],
            }
            for place in article.places
        ],
    }


def articles_json(
    articles: "Sequence[LibraryArticle]", total: int, scope: "Scope", undated: int
) -> dict[str, Any]:
    """Return some of the articles in a scope, of how many in total, for JSON."""
    return {
        "total": total,
        **_limits(scope, undated),
        "articles": [
            {
                "path": one.path,
                "title": one.title,
                "date": one.date.isoformat() if one.date else None,
                "lines": one.lines,
                "passages": one.passages,
                "bytes": one.size,
            }
            for one in articles
        ],
    }


def checked_json(text: "Text", checked: "Sequence[Checked]") -> dict[str, Any]:
    """Return the quotes of a text, looked up in the articles, for JSON."""
    stand = all(one.stands for one in checked)
    return {"stand": stand, "checked": [_checked(text, one) for one in checked]}


def _checked(text: "Text", one: "Checked") -> dict[str, Any]:
    from qa.citations import quote_in

    cited = one.quotation.cited
    return {
        **_place(quote_in(text, one.quotation.span)),
        "text": one.quotation.words,
        "match": one.match.value,
        "places": [
            {
                "path": place.path,
                **_place(place.quote),
                "text": place.quote.text,
                "goes_on": place.goes_on or None,
            }
            for place in one.places
        ],
        "differences": [asdict(each) for each in one.differences],
        "cited": None
        if cited is None
        else {"path": cited.path, "line": cited.line, "right": one.is_cited_rightly},
    }


def verified_json(verified: "Sequence[Verified]") -> dict[str, Any]:
    """Return the quotes of an export for JSON."""
    stand = all(now.status is Status.UNCHANGED for _, now in verified)
    return {"stand": stand, "quotes": [_verified(*quote) for quote in verified]}


def _verified(record: "QuoteRecord", now: "QuoteStatus") -> dict[str, Any]:
    return {
        "path": record.path,
        "file": record.file,
        **_place(record.answer),
        "status": now.status.value,
        "now": _place(now.answer) if now.status.is_current else None,
        "text": record.answer.text,
        "quote": record.sentence.text,
    }


def _answer(answer: Answer) -> dict[str, Any]:
    return {
        "text": answer.text,
        "kind": answer.kind.value,
        "confidence": round(answer.confidence, 4),
        "quote": answer.quote,
        "resolved": _resolved(answer.citations[0]),
        "citations": [_citation(citation) for citation in answer.citations],
    }


def _citation(citation: Citation) -> dict[str, Any]:
    return {
        "path": citation.path,
        **_place(citation.answer),
        "status": citation.status.value,
        "text": citation.answer.text,
        "quote": citation.sentence.text,
        "quote_place": _place(citation.sentence),
        "title": citation.title or None,
        "date": next((day.isoformat() for day in citation.dates), None),
        "resolved": _resolved(citation),
        "resolved_dates": [
            {
                "text": one.text,
                **_place(part_of(citation.sentence, one.start, one.text)),
                "date": one.date,
                "precision": one.precision.value,
            }
            for one in citation.resolved
        ],
        "joined_words": [
            {
                "text": one.text,
                **_place(part_of(citation.sentence, one.start, one.text)),
                "word": one.word,
            }
            for one in citation.joined
        ],
    }


def _resolved(citation: Citation) -> dict[str, str] | None:
    """Return the date that was computed for the answer itself; None without one."""
    dates = [{"date": one.date, "precision": one.precision.value} for one in citation.answer_dates]
    return next(iter(dates), None)


def _place(quote: Quote) -> dict[str, int | str]:
    """Return the location of a quote: `line`, `column`, `end_line` and `end_column`.

    In files with pages, chapters or paragraphs also `page`, `end_page` and so on.
    """
    first, last = quote.place, quote.end_place
    return {
        "line": first.line,
        "column": first.column,
        "end_line": last.line,
        "end_column": last.column,
        **_part(first),
        **{f"end_{name}": value for name, value in _part(last).items()},
    }


def _start(place: "Place") -> dict[str, int | str]:
    return {"line": place.line, **_part(place)}


def _part(place: "Place") -> dict[str, int | str]:
    """Return the part of a file that the line of a place is one of."""
    parts = {"page": place.page, "chapter": place.chapter, "paragraph": place.paragraph}
    return {name: value for name, value in parts.items() if value is not None}


def json_line(value: dict[str, Any]) -> str:
    """Return a value as one line of JSON."""
    # ASCII only, so that escape codes and bidirectional marks of articles stay escaped.
    return json.dumps(value, ensure_ascii=True).replace("\x7f", "\\u007f")
