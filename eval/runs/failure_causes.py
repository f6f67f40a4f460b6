"""Why a question failed: the first stage at which the right answer was lost."""

from eval.metrics.squad import exact_match
from eval.outcomes import Cause, Kind, Outcome
from qa.answers import Reason


def cause_of(outcome: Outcome) -> Cause:
    """Return the cause of a failure, or Cause.NONE."""
    match outcome.kind:
        case Kind.UNANSWERABLE:
            return Cause.SHOULD_HAVE_ABSTAINED if outcome.answered else Cause.NONE
        case Kind.REJECTED:
            return _cause_of_rejected(outcome)
        case Kind.ANSWERABLE | Kind.LOCATION:
            return _cause_of_answerable(outcome)


def _cause_of_rejected(outcome: Outcome) -> Cause:
    if not outcome.rejected:
        return Cause.NONE if outcome.answered else Cause.SHOULD_HAVE_ANSWERED
    rejected = [answer for gold in outcome.rejected for answer in gold.answers]
    is_repeated = outcome.answered and exact_match(outcome.reply, rejected)
    return Cause.REPEATED if is_repeated else Cause.NONE


def _cause_of_answerable(outcome: Outcome) -> Cause:
    best = outcome.best
    if best and best.is_right:
        if outcome.answered:
            return Cause.NONE if best.is_line_right else Cause.WRONG_LINE
        is_stale = outcome.reason == Reason.INDEX_STALE
        return Cause.STALE if is_stale else Cause.SHOULD_HAVE_ANSWERED
    if not outcome.is_indexed:
        return Cause.NOT_INDEXED
    if not outcome.rankings.fused:
        return Cause.NOT_RETRIEVED
    if not outcome.rankings.read:
        return Cause.NOT_READ
    return Cause.OUTRANKED if best and not best.is_line_right else Cause.WRONG_SPAN
