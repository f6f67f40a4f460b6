"""Replies and reports as JSON: the contract that scripts rely on."""

import json
from collections.abc import Sequence
from typing import Any

from index.articles.files import Skipped
from index.build.events import Summary
from index.check import Finding
from qa.answers import Answer, Answered, Citation, Quote, Reply
from qa.lookup import Lookup
from tui.output.verify import Verified


def reply_line(reply: Reply, question_id: str | int | None) -> str:
    """Give a reply as one line of JSON."""
    answered = isinstance(reply, Answered)
    answers = reply.answers if isinstance(reply, Answered) else reply.rejected
    spent = reply.milliseconds
    return json_line(
        {
            "id": question_id,
            "question": reply.question,
            "asked": reply.asked,
            "answered": answered,
            "reason": None if isinstance(reply, Answered) else reply.reason.value,
            "answers": [_answer(answer) for answer in answers],
            "milliseconds": {
                "retrieve": round(spent.retrieve, 1),
                "read": round(spent.read, 1),
                "total": round(spent.total, 1),
            },
        }
    )


def error_line(message: str, question: str, question_id: str | int | None) -> str:
    """Give the line for a question that could not be asked."""
    return json_line({"id": question_id, "question": question, "answered": False, "error": message})


def summary_line(summary: Summary) -> str:
    """Give what a build did as one line of JSON."""
    return json_line(
        {
            "added": summary.added,
            "changed": summary.changed,
            "removed": summary.removed,
            "unchanged": summary.unchanged,
            "skipped": [_skipped(one) for one in summary.skipped],
            "missing_folders": [
                {"path": missing.root.given, "articles_kept": missing.articles}
                for missing in summary.missing_roots
            ],
            "articles": summary.articles,
            "passages": summary.passages,
            "embedded": summary.embedded,
            "reused": summary.reused,
            "published": summary.published,
            "rebuilt": summary.rebuild_reason,
            "seconds": round(summary.seconds, 3),
        }
    )


def findings_line(findings: list[Finding]) -> str:
    """Give the findings of a check as one line of JSON."""
    return json_line(
        {
            "ok": all(one.state == "ok" for one in findings),
            "findings": [
                {
                    "subject": one.subject,
                    "state": one.state,
                    "message": one.message,
                    "advice": one.advice,
                }
                for one in findings
            ],
        }
    )


def lookup_line(found: Lookup) -> str:
    """Give a looked-up line as one line of JSON."""
    return json_line(
        {
            "path": found.path,
            "status": found.status.value,
            "line": found.number,
            "title": found.title or None,
            "lines": [{"line": one.number, "text": one.text} for one in found.lines],
        }
    )


def verified_line(verified: Sequence[Verified]) -> str:
    """Give how the quotes of an export stand now as one line of JSON."""
    stand = all(one.stands_there for one in verified)
    return json_line({"stand": stand, "quotes": [_verified(one) for one in verified]})


def _verified(one: Verified) -> dict[str, Any]:
    """Give a quote; `now` is where it stands, or nothing where it does so no more."""
    record, standing = one.record, one.standing
    return {
        "path": record.path,
        "file": record.file,
        **_place(record.answer),
        "status": standing.status.value,
        "now": _place(standing.answer) if standing.status.is_current else None,
        "text": record.answer.text,
        "quote": record.sentence.text,
    }


def _answer(answer: Answer) -> dict[str, Any]:
    return {
        "text": answer.text,
        "confidence": round(answer.confidence, 4),
        "quote": answer.quote,
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
    }


def _place(quote: Quote) -> dict[str, int]:
    return {
        "line": quote.line,
        "column": quote.column,
        "end_line": quote.end_line,
        "end_column": quote.end_column,
    }


def _skipped(skipped: Skipped) -> dict[str, str]:
    return {"path": skipped.path, "reason": skipped.reason}


def json_line(value: dict[str, Any]) -> str:
    """Return a value as one line of JSON."""
    # ASCII alone: an article's escape codes and bidirectional marks stay escaped on a terminal.
    return json.dumps(value, ensure_ascii=True).replace("\x7f", "\\u007f")
