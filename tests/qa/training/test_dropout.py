"""Dropout of entire units, in a tiny network."""

from typing import TYPE_CHECKING

import pytest

from qa.training.loop import drop_units
from tests.qa.training.networks import tiny_network

if TYPE_CHECKING:
    import torch
    from transformers import BertForQuestionAnswering

pytestmark = pytest.mark.usefixtures("one_thread")
MODULES = (
    "bert.embeddings.dropout",
    "bert.encoder.layer.0.attention.output.dropout",
    "bert.encoder.layer.0.output.dropout",
)
UNITS = 16


def dropping(share: float) -> "BertForQuestionAnswering":
    import torch

    torch.manual_seed(5)
    network = tiny_network()
    drop_units(network, share)
    return network.train()


def dropped(network: "BertForQuestionAnswering", module: str, windows: int) -> "torch.Tensor":
    """Return a module's output for units that are all 1; shape (windows, 7 tokens, units)."""
    import torch

    found: torch.Tensor = network.get_submodule(module)(torch.ones(windows, 7, UNITS))
    return found


@pytest.mark.parametrize("module", MODULES)
def test_a_unit_is_dropped_for_all_tokens_of_a_window_or_for_none(module: str) -> None:
    found = dropped(dropping(0.75), module, 50)
    # Three of four are dropped, so what is kept is multiplied by four.
    assert set(found.unique().tolist()) == {0.0, 4.0}
    assert (found == found[:, :1]).all()
    # Each window has its own mask.
    assert len(found[:, 0].unique(dim=0)) > 40


@pytest.mark.parametrize("share", [0.1, 0.5])
def test_the_share_is_dropped_and_the_expectation_kept(share: float) -> None:
    found = dropped(dropping(share), MODULES[0], 4000)
    # Of 64,000 units; the standard deviations are at most 0.002 and 0.004.
    assert float((found == 0).float().mean()) == pytest.approx(share, abs=0.01)
    assert float(found.mean()) == pytest.approx(1.0, abs=0.02)


def test_half_precision_stays_half_precision() -> None:
    import torch

    ones = torch.ones(2, 7, UNITS, dtype=torch.bfloat16)
    assert dropping(0.5).get_submodule(MODULES[0])(ones).dtype == torch.bfloat16


def test_nothing_is_dropped_after_training_or_with_share_zero() -> None:
    for network in (dropping(0.5).eval(), dropping(0.0)):
        for module in MODULES:
            assert (dropped(network, module, 50) == 1).all()


def test_other_dropouts_of_the_network_stay_as_they_are() -> None:
    hooked = [name for name, one in dropping(0.5).named_modules() if one._forward_hooks]
    assert sorted(hooked) == sorted(MODULES)
