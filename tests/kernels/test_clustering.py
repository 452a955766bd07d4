"""Choosing cluster centers."""

import pytest
import torch

from undertow.graph.errors import InvalidArgumentError
from undertow.kernels.clustering import kmc2_chain_initialization, kmeans_plus_plus_initialization, nearest_neighbors


def test_nearest_are_sorted_and_of_equals_the_first_comes_first():
    centers = torch.tensor([[3.0], [1.0], [-1.0]])
    indices, distances = nearest_neighbors(torch.tensor([[0.0], [3.0]]), centers, torch.tensor(2))
    assert indices.tolist() == [[1, 2], [0, 1]]
    assert distances.tolist() == [[1, 1], [0, 4]]


def test_more_neighbors_than_centers_are_all_centers():
    assert nearest_neighbors(torch.zeros(2, 1), torch.ones(3, 1), torch.tensor(9))[0].shape == (2, 3)


@pytest.mark.parametrize("seed", range(5))
def test_far_groups_get_a_center_each(seed):
    points = torch.tensor([[0.0], [0.1], [100.0], [100.1], [900.0]])
    chosen = kmeans_plus_plus_initialization(points, torch.tensor(3), torch.tensor(seed), torch.tensor(-1))
    assert sorted(chosen.round(decimals=-1).flatten().tolist()) == [0, 100, 900]


def test_points_that_are_all_equal_can_be_chosen_too():
    chosen = kmeans_plus_plus_initialization(torch.ones(3, 2), torch.tensor(3), torch.tensor(1), torch.tensor(0))
    assert chosen.tolist() == [[1, 1]] * 3


def test_more_centers_than_points_are_refused():
    with pytest.raises(InvalidArgumentError, match="from 1 to the 3 points"):
        kmeans_plus_plus_initialization(torch.ones(3, 2), torch.tensor(4), torch.tensor(1), torch.tensor(0))


@pytest.mark.parametrize(("distances", "end"), [([0, 0, 0], 0), ([0, 5, 0, 0], 1), ([1e-9, 0, 1e9], 2)])
def test_a_chain_ends_at_the_candidate_that_alone_is_far(distances, end):
    assert kmc2_chain_initialization(torch.tensor(distances, dtype=torch.float32), torch.tensor(7)).item() == end
