"""Where a static graph beats eager code: each pass rewrites a plan's steps into fewer or cheaper ones.

A pass is a function of a `Draft` that changes its steps in place. `ENABLED` lists those that run, in order; with
an empty list plans run as they were lowered, and no result may differ by more than rounding.
"""

from __future__ import annotations

from collections.abc import Callable

from .bias import bias_into_convolution
from .by_hand import gradients_by_hand
from .counted import counted_rounds
from .draft import Draft
from .factors import shared_factors
from .first_layer import first_convolution_with_pool
from .mean_losses import mean_of_cross_entropy
from .pool import pool_before_relu
from .prepared import prepared_calls
from .recurrence import cells_over_time
from .reshapes import needless_reshapes
from .sampled import sampled_logits_at_once
from .shapes import shapes_once
from .unrolled import chains_over_time
from .updates import group_updates, scale_into_scatter

ENABLED: list[Callable[[Draft], None]] = [
    sampled_logits_at_once,
    needless_reshapes,
    mean_of_cross_entropy,
    bias_into_convolution,
    pool_before_relu,
    first_convolution_with_pool,
    cells_over_time,
    counted_rounds,
    chains_over_time,
    shared_factors,
    gradients_by_hand,
    group_updates,
    scale_into_scatter,
    shapes_once,
    prepared_calls,
]


def apply(draft: Draft) -> None:
    """Run the passes that are enabled."""
    for rewrite in ENABLED:
        rewrite(draft)
