import pytest

from qa.reader.shipped import FROZEN
from qa.training.averaging import average
from qa.training.settings import RECIPE
from tests.qa.training.networks import tiny_network

pytestmark = pytest.mark.usefixtures("one_thread")


def test_a_mean_is_by_shares_and_leaves_what_is_frozen() -> None:
    import torch

    mean, one, other = (tiny_network() for _ in range(3))
    with torch.no_grad():
        for network, value in ((mean, 7.0), (one, 2.0), (other, 10.0)):
            for weight in network.parameters():
                weight.fill_(value)
    average(mean, [(one, 0.75), (other, 0.25)])
    # 0.75 * 2 + 0.25 * 10
    expected = {name: 7.0 if name == FROZEN else 4.0 for name, _ in mean.named_parameters()}
    found = {name: one.detach().unique().tolist() for name, one in mean.named_parameters()}
    assert found == {name: [value] for name, value in expected.items()}


def test_the_recipe_is_a_mean_of_different_trainings_from_one_beginning() -> None:
    assert sum(training.share for training in RECIPE.singles) == pytest.approx(1)
    assert len({training.settings.order for training in RECIPE.singles}) == len(RECIPE.singles)
    assert len({training.settings.seed for training in RECIPE.singles}) == 1


def test_the_recipe_goes_on_from_each_mean_with_different_groups() -> None:
    for one in RECIPE.rounds:
        assert 0 < one.untuned < 1
    tuned = [training for one in RECIPE.rounds for training in one.trainings]
    assert len({training.settings.order for training in tuned}) == len(tuned)
    names = [one.name for one in RECIPE.singles] + [one.name for one in tuned]
    assert len(set(names)) == len(names)
