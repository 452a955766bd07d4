"""Finding cluster centers: how each op is done."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from .registry import invalid, kernel


@kernel("NearestNeighbors", host=("k",))
def nearest_neighbors(points: Tensor, centers: Tensor, k: Tensor) -> tuple[Tensor, Tensor]:
    count = int(k)
    if count <= 0:
        raise invalid(f"k must be positive, got {count}")
    if points.dim() != 2 or centers.dim() != 2 or points.shape[1] != centers.shape[1]:
        raise invalid(f"points {list(points.shape)} and centers {list(centers.shape)} must be rows of one length")
    if not len(centers):
        raise invalid("there must be at least one center")
    distances = _squared_distances(points, centers)
    if count == 1:
        nearest = distances.min(1, keepdim=True)
        return nearest.indices, nearest.values
    ordered = distances.sort(dim=1, stable=True)
    return ordered.indices[:, :count].clone(), ordered.values[:, :count].clone()


def _squared_distances(points: Tensor, centers: Tensor) -> Tensor:
    """|p - c|² of each pair, [points, centers]."""
    squares = points.square().sum(1, keepdim=True) + centers.square().sum(1)
    return torch.addmm(squares, points, centers.T, alpha=-2).clamp_(min=0)


@kernel("KmeansPlusPlusInitialization", on_host=True)
def kmeans_plus_plus_initialization(
    points: Tensor, num_to_sample: Tensor, seed: Tensor, num_retries_per_sample: Tensor
) -> Tensor:
    """The first is any point; each next one is drawn by its squared distance to those there are, and the best kept."""
    wanted, retries = int(num_to_sample), int(num_retries_per_sample)
    if points.dim() != 2:
        raise invalid(f"points must be a matrix, got shape {list(points.shape)}")
    if not 0 < wanted <= len(points):
        raise invalid(f"num_to_sample must be from 1 to the {len(points)} points there are, got {wanted}")
    if retries < 0:
        retries = 2 + int(math.log(wanted))
    generator = torch.Generator().manual_seed(int(seed))
    chosen = [int(torch.randint(len(points), (1,), generator=generator))]
    nearest = _squared_distances(points, points[chosen]).flatten()
    for _ in range(wanted - 1):
        likely = nearest if nearest.sum() > 0 else torch.ones_like(nearest)  # all points lie on centers
        drawn = torch.multinomial(likely, retries + 1, replacement=True, generator=generator)
        left = torch.minimum(nearest, _squared_distances(points[drawn], points))  # [drawn, points]
        best = int(left.sum(1).argmin())
        chosen.append(int(drawn[best]))
        nearest = left[best]
    return points[chosen]


@kernel("KMC2ChainInitialization", on_host=True)
def kmc2_chain_initialization(distances: Tensor, seed: Tensor) -> Tensor:
    """The end of a Markov chain over all candidates: it goes on to the next as often as that is farther away."""
    if distances.dim() != 1 or not len(distances):
        raise invalid(f"distances must be a vector of one or more, got shape {list(distances.shape)}")
    lengths = distances.tolist()
    draws = torch.rand(len(lengths), generator=torch.Generator().manual_seed(int(seed)), dtype=torch.float64).tolist()
    at = 0
    for candidate in range(1, len(lengths)):
        if draws[candidate] * lengths[at] < lengths[candidate]:
            at = candidate
    return torch.tensor(at)
