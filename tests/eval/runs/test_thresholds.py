import pytest

from eval.runs.results import results_of
from eval.runs.thresholds import limit_of, missed
from index.errors import BadRequest
from tests.eval.outcomes import outcome


def test_a_limit_is_a_figure_and_a_share() -> None:
    limit = limit_of("f1=0.7")
    assert (limit.name, limit.least) == ("f1", 0.7)
    assert limit_of(" fused-recall@10 = 1").name == "fused-recall@10"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("f1", "is no limit; write one like f1=0.7"),
        ("f1=much", "is no limit"),
        ("=0.5", "is no limit"),
        ("f2=0.5", "there is no figure f2; there are exact, f1"),
        ("f1=70", "shares from 0 to 1"),
        ("f1=nan", "shares from 0 to 1"),
        ("risk-area=0.1", "better when it is lower"),
        ("total-p95=0.1", "better when it is lower"),
    ],
)
def test_what_cannot_be_held_is_told(text: str, told: str) -> None:
    with pytest.raises(BadRequest, match=told):
        limit_of(text)


def test_a_limit_is_missed_below_it_and_held_on_it() -> None:
    results = results_of([outcome("a"), outcome("b", f1=0.5)])
    assert missed([limit_of("f1=0.75")], results) == ()
    (one,) = missed([limit_of("f1=0.8"), limit_of("answered=1")], results)
    assert (one.limit.name, one.value) == ("f1", 0.75)
    assert one.by == pytest.approx(0.05)


def test_a_figure_that_the_run_has_not_cannot_be_held() -> None:
    with pytest.raises(BadRequest, match="this run has no figure marks-heeded; it has exact"):
        missed([limit_of("marks-heeded=0.5")], results_of([outcome("a")]))
