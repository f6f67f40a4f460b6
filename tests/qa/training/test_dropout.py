"""Dropout of whole units, in a tiny network."""

from typing import TYPE_CHECKING

import pytest

from qa.training.dropout import drop_units
from tests.qa.training.networks import tiny_network

if TYPE_CHECKING:
    import torch
    from transformers import BertForQuestionAnswering

pytestmark = pytest.mark.usefixtures("one_thread")
PLACES = (
    "bert.embeddings.dropout",
    "bert.encoder.layer.0.attention.output.dropout",
    "bert.encoder.layer.0.output.dropout",
)
UNITS = 16


def dropping(share: float) -> "BertForQuestionAnswering":
    import torch

    torch.manual_seed(5)
    made = tiny_network()
    drop_units(made, share)
    return made.train()


def dropped(made: "BertForQuestionAnswering", place: str, windows: int) -> "torch.Tensor":
    """What a place makes of units that are all 1; shape (windows, 7 tokens, units)."""
    import torch

    found: torch.Tensor = made.get_submodule(place)(torch.ones(windows, 7, UNITS))
    return found


@pytest.mark.parametrize("place", PLACES)
def test_a_unit_is_dropped_for_all_tokens_of_a_window_or_for_none(place: str) -> None:
    found = dropped(dropping(0.75), place, 50)
    # What stays is four times as much, for three of four are dropped.
    assert set(found.unique().tolist()) == {0.0, 4.0}
    assert (found == found[:, :1]).all()
    # Each window has a mask of its own.
    assert len(found[:, 0].unique(dim=0)) > 40


@pytest.mark.parametrize("share", [0.1, 0.5])
def test_the_share_is_dropped_and_the_expectation_kept(share: float) -> None:
    found = dropped(dropping(share), PLACES[0], 4000)
    # Of 64,000 units; the standard deviations are at most 0.002 and 0.004.
    assert float((found == 0).float().mean()) == pytest.approx(share, abs=0.01)
    assert float(found.mean()) == pytest.approx(1.0, abs=0.02)


def test_half_precision_stays_half_precision() -> None:
    import torch

    ones = torch.ones(2, 7, UNITS, dtype=torch.bfloat16)
    assert dropping(0.5).get_submodule(PLACES[0])(ones).dtype == torch.bfloat16


def test_nothing_is_dropped_once_it_is_trained_nor_of_a_share_of_nothing() -> None:
    for made in (dropping(0.5).eval(), dropping(0.0)):
        for place in PLACES:
            assert (dropped(made, place, 50) == 1).all()


def test_no_other_dropout_of_the_network_is_touched() -> None:
    hooked = [name for name, one in dropping(0.5).named_modules() if one._forward_hooks]
    assert sorted(hooked) == sorted(PLACES)
