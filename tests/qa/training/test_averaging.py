import pytest

from qa.reader.shipped import FROZEN
from qa.training.loop import average
from qa.training.settings import RECIPE, Groups
from tests.qa.training.networks import tiny_network

pytestmark = pytest.mark.usefixtures("one_thread")


def test_a_mean_is_weighted_and_leaves_frozen_weights_alone() -> None:
    import torch

    mean, one, other = (tiny_network() for _ in range(3))
    with torch.no_grad():
        for network, value in ((mean, 7.0), (one, 2.0), (other, 10.0)):
            for weight in network.parameters():
                weight.fill_(value)
    assert average(mean, [(one, 0.75), (other, 0.25)]) is mean
    # 0.75 * 2 + 0.25 * 10
    expected = {name: 7.0 if name == FROZEN else 4.0 for name, _ in mean.named_parameters()}
    found = {name: one.detach().unique().tolist() for name, one in mean.named_parameters()}
    assert found == {name: [value] for name, value in expected.items()}


def test_the_recipe_starts_with_different_trainings_from_the_same_outputs() -> None:
    first, *_ = RECIPE
    assert sum(training.share for training in first) == pytest.approx(1)
    assert len({training.settings.order for training in first}) == len(first)
    assert len({training.settings.seed for training in first}) == 1


def test_later_stages_of_the_recipe_keep_a_part_of_the_mean_and_train_on_different_groups() -> None:
    _, *later = RECIPE
    for stage in later:
        assert 0 < sum(training.share for training in stage) < 1
    tuned = [training for stage in later for training in stage]
    assert all(isinstance(training.data, Groups) for training in tuned)
    assert len({training.settings.order for training in tuned}) == len(tuned)
    names = [training.name for stage in RECIPE for training in stage]
    assert len(set(names)) == len(names)
