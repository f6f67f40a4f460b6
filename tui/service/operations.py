"""What can be asked of an index, each with its arguments and the schema of its result."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from index.errors import BadRequest
from tui.jobs.current_index import CurrentIndex
from tui.output.json_output import (
    articles_json,
    checked_json,
    findings_json,
    found_json,
    lookup_json,
    reply_json,
)
from tui.service.requests import Ask, Check, Find, ListArticles, Request, Show, Verify

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Operation:
    """Something that other programs may ask. None writes, and none reads a file not indexed."""

    name: str
    title: str
    description: str
    request: type[Request]
    result: str
    """The definition in byline.schema.json that its result is of."""
    run: Callable[[CurrentIndex, Any], Json]
    """Takes an index and a request of the type above. Raises BylineError."""
    is_long: bool = False
    """Whether it takes long and asks no models, so that questions need not wait for it."""


def answer(
    index: CurrentIndex, request: Ask, on_first: Callable[[Json], None] = lambda _: None
) -> Json:
    """Answer a question; `on_first` receives the reply of the first of two readers."""
    from qa.conversation import history_from_questions

    reply = index.bot().ask(
        request.question,
        request.top,
        request.scope,
        history_from_questions(request.history),
        lambda first: on_first(reply_json(first, None)),
    )
    return reply_json(reply, None)


def matches(index: CurrentIndex, request: Ask) -> Json:
    """Return what matches a question by its keywords, for which no model is loaded."""
    from qa.find import best_matches

    found = best_matches(index.generation(), request.question, request.scope)
    return found_json(request.question, found)


def _find(index: CurrentIndex, request: Find) -> Json:
    from qa.find import mentions, wanted

    searched = wanted(request.words, request.exact)
    return found_json(searched.text, mentions(index.generation(), searched, request.scope))


def _show(index: CurrentIndex, request: Show) -> Json:
    from qa.lookup import look_up

    catalog = index.generation().catalog
    part = request.chapter or request.page
    label = f"{part}:{request.line}" if part else str(request.paragraph or request.line)
    return lookup_json(look_up(catalog, request.path, label, request.around))


def _articles(index: CurrentIndex, request: ListArticles) -> Json:
    from qa.scope import selected
    from tui.library.contents import library_of

    catalog, scope = index.generation().catalog, request.scope
    selection = selected(catalog, scope)
    articles = library_of(catalog, selection).articles
    listed = articles[request.offset : request.offset + request.limit]
    return articles_json(listed, len(articles), scope, selection.undated)


def _verify(index: CurrentIndex, request: Verify) -> Json:
    from index.articles.text import NotText, decode
    from qa.quotations import quotations
    from qa.verify import Verifier

    text = decode(request.text.encode("utf-8", errors="replace"))
    if isinstance(text, NotText):
        raise BadRequest(f"this is no text: {text.reason}")
    verifier = Verifier(index.generation())
    return checked_json(text, [verifier.check(one) for one in quotations(text.text)])


def _check(index: CurrentIndex, _: Check) -> Json:
    from index.check import check
    from qa.reader.check import check_readers

    found = check(index.store(), index.model_cache)
    return findings_json([*found, *check_readers(index.reader, index.model_cache)])


ASK = Operation(
    "ask",
    "Answer a question from the articles",
    "Answers a question with words quoted letter for letter from the articles, each with its "
    "sentence, path, line and column, checked against the file, and a calibrated confidence. "
    "`answered` is false where no answer is confident enough; the closest ones are then listed "
    "all the same. `status` says whether the file still has the words.",
    Ask,
    "reply",
    answer,
)
FIND = Operation(
    "find",
    "Find every passage that holds some words",
    "Lists every sentence that holds the words, grouped by article, with path, line and column. "
    "Nothing is ranked or left out: use it to count or list every mention.",
    Find,
    "found",
    _find,
)
SHOW = Operation(
    "show",
    "Show a line of an article in its context",
    "Shows a cited line with the lines around it, as the file is now; a line that moved since "
    "indexing is followed.",
    Show,
    "lines",
    _show,
)
LIST_ARTICLES = Operation(
    "list_articles",
    "List the indexed articles",
    "Lists the articles that can be asked, with path, title, date and size.",
    ListArticles,
    "articles",
    _articles,
)
VERIFY = Operation(
    "verify",
    "Check the quotes of a text",
    "Looks up each quotation of a text, in quotation marks or a block quote, in the articles: "
    "whether it appears letter for letter, where, and what differs. Use it on a draft before it "
    "is given to a person.",
    Verify,
    "checked",
    _verify,
)
CHECK = Operation(
    "check",
    "Check index, models and articles",
    "Compares the checksum of every file of the index and the models, and every article with "
    "what was indexed; says what to do.",
    Check,
    "findings",
    _check,
    is_long=True,
)
OPERATIONS = (ASK, FIND, SHOW, LIST_ARTICLES, VERIFY, CHECK)
