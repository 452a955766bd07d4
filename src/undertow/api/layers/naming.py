"""The names that layers get when none is given."""

from __future__ import annotations

import collections
import re

from ...graph import stacks

_KEY = ("__layer_names",)


def snake_case(name: str) -> str:
    """`BatchNormalization` as `batch_normalization`, `Conv2D` as `conv2d`; a leading underscore becomes `private`."""
    words = re.sub(r"(.)([A-Z][a-z0-9]+)", r"\1_\2", name)
    words = re.sub(r"([a-z])([A-Z])", r"\1_\2", words).lower()
    return f"private{words}" if words.startswith("_") else words


def unique_name(base: str, first_plain: bool) -> str:
    """The next layer name of this base in the default graph: `dense` (or `dense_1` at once), `dense_1`, `dense_2` …"""
    kept = stacks.get_default_graph().get_collection_ref(_KEY)
    if not kept:
        kept.append(collections.Counter())
    kept[0][base, first_plain] += 1
    number = kept[0][base, first_plain] - first_plain
    return f"{base}_{number}" if number else base
