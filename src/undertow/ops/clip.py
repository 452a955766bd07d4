"""Keeping values and norms within bounds, built of other ops. IndexedSlices stay so.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/clip_by_value
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..graph import dtypes
from ..graph.operation import Tensor
from ..graph.scopes import name_scope
from .constant import constant
from .math import is_sparse, with_values
from .node import convert_to_tensor, node
from .reduction import reduced_by


def _values_of(t: Any, name: str) -> Any:
    return convert_to_tensor(t.values if is_sparse(t) else t, name=name)


def clip_by_value(t: Any, clip_value_min: Any, clip_value_max: Any, name: str | None = None) -> Any:
    """`t` with its elements kept between `clip_value_min` and `clip_value_max`, which broadcast to its shape.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/clip_by_value
    """
    with name_scope(name, "clip_by_value", [t, clip_value_min, clip_value_max]) as scope:
        values = _values_of(t, "t")
        below = node("Minimum", values, clip_value_max)
        values.shape.merge_with(below.shape)  # the limits must not broadcast to more than `t`
        clipped = node("Maximum", below, clip_value_min, name=scope)
        values.shape.merge_with(clipped.shape)
        return with_values(t, clipped) if is_sparse(t) else clipped


def clip_by_norm(t: Any, clip_norm: Any, axes: Any = None, name: str | None = None) -> Any:
    """`t` scaled down to the L2 norm `clip_norm` over `axes` (all if None) where it has a larger one.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/clip_by_norm
    """
    with name_scope(name, "clip_by_norm", [t, clip_norm]) as scope:
        values = _values_of(t, "t")
        total = reduced_by("Sum", values * values, axes, keep=True)
        positive = total > 0
        # The inner choice makes the root's gradient 0 where the norm is 0; it would be NaN.
        root = node("Sqrt", node("Select", positive, total, node("OnesLike", total, name="ones_like")))
        norm = node("Select", positive, root, total)
        scaled = values * clip_norm
        values.shape.merge_with(scaled.shape)
        clipped = node("Identity", scaled / node("Maximum", norm, clip_norm), name=scope)
        return with_values(t, clipped) if is_sparse(t) else clipped


def clip_by_average_norm(t: Any, clip_norm: Any, name: str | None = None) -> Tensor:
    """`t` scaled down to the L2 norm `clip_norm` per element where it has a larger one.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/clip_by_average_norm
    """
    with name_scope(name, "clip_by_average_norm", [t, clip_norm]) as scope:
        values = _values_of(t, "t")
        count = node("Cast", node("Size", values), DstT=dtypes.float32)
        inverse = node("Rsqrt", reduced_by("Sum", values * values, None, keep=True))
        scaled = values * clip_norm
        limit: Any = constant(1.0)
        return node("Identity", scaled * node("Minimum", inverse * count, limit / clip_norm), name=scope)


def _listed(t_list: Any) -> list[Any]:
    if not isinstance(t_list, Sequence) or isinstance(t_list, str):
        raise TypeError(f"t_list should be a sequence, got {t_list!r}")
    return list(t_list)


def _dense(t_list: list[Any]) -> list[Any]:
    return [t for t in t_list if t is not None and not is_sparse(t)]


def global_norm(t_list: Any, name: str | None = None) -> Any:
    """The L2 norm of all tensors of a list together, None among them left out; None if nothing is left.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/linalg/global_norm
    """
    t_list = _listed(t_list)
    with name_scope(name, "global_norm", _dense(t_list)):
        halves = []
        for i, t in enumerate(t_list):
            if t is not None:
                values = _values_of(t, f"t_{i}")
                with values.graph.colocate_with(values):
                    halves.append(node("L2Loss", values))
        if not halves:
            return None
        total: Any = reduced_by("Sum", node("Pack", halves, name="stack"), None, keep=False)
        return node("Sqrt", total * constant(2.0, total.dtype.base_dtype), name="global_norm")


def clip_by_global_norm(
    t_list: Any, clip_norm: Any, use_norm: Any = None, name: str | None = None
) -> tuple[list[Any], Any]:
    """All tensors of a list scaled down together to the L2 norm `clip_norm` if theirs is larger, and that norm.

    None in the list stays None. `use_norm` is their global norm if it is known already. All become NaN if it is not
    finite.
    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/clip_by_global_norm
    """
    t_list = _listed(t_list)
    if use_norm is None:
        use_norm = global_norm(t_list, name)
    if all(t is None for t in t_list):
        return t_list, use_norm
    with name_scope(name, "clip_by_global_norm", [*_dense(t_list), clip_norm]) as scope:
        use_norm = _values_of(use_norm, "use_norm")
        inverse = 1.0 / use_norm
        one: Any = constant(1.0, use_norm.dtype.base_dtype)
        scale = clip_norm * node("Minimum", inverse, one / clip_norm)
        scale = scale + (use_norm - use_norm)  # 0, or NaN to all if the norm is not finite
        clipped: list[Any] = []
        for i, t in enumerate(t_list):
            if t is None:
                clipped.append(None)
                continue
            values = _values_of(t, f"t_{i}")
            with values.graph.colocate_with(values):
                scaled = node("Identity", values * scale, name=f"{scope}_{i}")
            clipped.append(with_values(t, scaled) if is_sparse(t) else scaled)
        return clipped, use_norm
