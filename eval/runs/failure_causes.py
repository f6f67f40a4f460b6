"""Why a question failed: the first stage of its way at which the right answer was lost."""

from eval.metrics.squad import exact_match
from eval.outcomes import Cause, Kind, Outcome
from qa.answers import Reason


def cause_of(outcome: Outcome) -> Cause:
    """Sort a question to the one cause of its failure, or none."""
    match outcome.kind:
        case Kind.UNANSWERABLE:
            return Cause.SHOULD_HAVE_ABSTAINED if outcome.answered else Cause.NONE
        case Kind.MARKED:
            return _cause_of_marked(outcome)
        case Kind.ANSWERABLE | Kind.PLACE:
            return _cause_of_answerable(outcome)


def _cause_of_marked(outcome: Outcome) -> Cause:
    if not outcome.rejected:
        return Cause.NONE if outcome.answered else Cause.SHOULD_HAVE_ANSWERED
    rejected = [answer for place in outcome.rejected for answer in place.answers]
    is_repeated = outcome.answered and exact_match(outcome.reply, rejected)
    return Cause.MARKED_WRONG if is_repeated else Cause.NONE


def _cause_of_answerable(outcome: Outcome) -> Cause:
    if any(one.is_right for one in outcome.given[:1]):
        return _cause_with_right_text(outcome)
    if not outcome.is_indexed:
        return Cause.NOT_INDEXED
    if not outcome.rankings.fused:
        return Cause.NOT_RETRIEVED
    if not outcome.rankings.read:
        return Cause.NOT_READ
    is_line_right = all(one.is_line_right for one in outcome.given[:1])
    return Cause.WRONG_SPAN if is_line_right else Cause.OUTRANKED


def _cause_with_right_text(outcome: Outcome) -> Cause:
    if not outcome.answered:
        is_stale = outcome.reason == Reason.INDEX_STALE
        return Cause.STALE if is_stale else Cause.SHOULD_HAVE_ANSWERED
    return Cause.NONE if outcome.given[0].is_line_right else Cause.WRONG_LINE
