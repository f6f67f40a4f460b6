import pytest

from eval.runs.results import results_of
from eval.runs.thresholds import missed, parse_minimum
from index.errors import BadRequest
from tests.eval.outcomes import outcome


def test_a_minimum_is_a_figure_and_a_share() -> None:
    assert parse_minimum("f1=0.7") == ("f1", 0.7)
    assert parse_minimum(" fused-recall@10 = 1") == ("fused-recall@10", 1.0)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("f1", "not a minimum like f1=0.7"),
        ("f1=much", "not a minimum"),
        ("=0.5", "not a minimum"),
        ("f2=0.5", "there is no figure f2.*exact, f1"),
        ("f1=70", "shares from 0 to 1"),
        ("f1=nan", "shares from 0 to 1"),
        ("risk-area=0.1", "lower is better"),
        ("total-p95=0.1", "lower is better"),
    ],
)
def test_an_invalid_minimum_is_an_error(text: str, message: str) -> None:
    with pytest.raises(BadRequest, match=message):
        parse_minimum(text)


def test_a_minimum_is_missed_below_it_and_reached_at_it() -> None:
    results = results_of([outcome("a"), outcome("b", f1=0.5)])
    assert missed([parse_minimum("f1=0.75")], results) == []
    minimums = [parse_minimum("f1=0.8"), parse_minimum("answered=1")]
    assert missed(minimums, results) == [("f1", 0.75, 0.8)]


def test_a_minimum_of_a_figure_that_the_run_lacks_is_an_error() -> None:
    with pytest.raises(BadRequest, match=r"no figure marks-heeded.*exact"):
        missed([parse_minimum("marks-heeded=0.5")], results_of([outcome("a")]))
