"""`tf.data.Options`: how a pipeline may be run. Undertow runs them all alike, in order and in the calling thread."""

from __future__ import annotations

from typing import Any, ClassVar


class _Options:
    """Named settings; setting any other name raises `AttributeError`."""

    _names: ClassVar[dict[str, Any]] = {}

    def __init__(self) -> None:
        self._set: dict[str, Any] = {}

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or name not in self._names:
            raise AttributeError(f"{type(self).__name__} has no property {name!r}.")
        if name not in self._set and isinstance(self._names[name], type):
            self._set[name] = self._names[name]()
        return self._set.get(name)

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "_set":
            object.__setattr__(self, name, value)
        elif name in self._names:
            self._set[name] = value
        else:
            raise AttributeError(f"Cannot set the property {name} on {type(self).__name__}.")

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self._set == other._set

    __hash__ = None  # type: ignore[assignment]


class OptimizationOptions(_Options):
    """What of a pipeline may be rewritten; nothing is."""

    _names: ClassVar[dict[str, Any]] = dict.fromkeys(
        (
            "apply_default_optimizations autotune autotune_buffers autotune_cpu_budget autotune_algorithm "
            "filter_fusion filter_with_random_uniform_fusion hoist_random_uniform map_and_batch_fusion "
            "map_and_filter_fusion map_fusion map_parallelization map_vectorization noop_elimination "
            "parallel_batch shuffle_and_repeat_fusion"
        ).split()
    )


class ThreadingOptions(_Options):
    """How many threads work; it is always one."""

    _names: ClassVar[dict[str, Any]] = dict.fromkeys(("max_intra_op_parallelism", "private_threadpool_size"))


class StatsOptions(_Options):
    """Where statistics would go."""

    _names: ClassVar[dict[str, Any]] = dict.fromkeys(("aggregator", "prefix", "counter_prefix", "latency_all_edges"))


class DistributeOptions(_Options):
    """How a dataset would be split over machines."""

    _names: ClassVar[dict[str, Any]] = dict.fromkeys(("auto_shard", "auto_shard_policy", "num_devices"))


class Options(_Options):
    """Settings for `Dataset.with_options`; another name than TensorFlow's raises `AttributeError`.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/data/Options
    """

    _names: ClassVar[dict[str, Any]] = {
        "experimental_deterministic": None,
        "experimental_distribute": DistributeOptions,
        "experimental_external_state_policy": None,
        "experimental_optimization": OptimizationOptions,
        "experimental_slack": None,
        "experimental_stateful_whitelist": None,
        "experimental_stats": StatsOptions,
        "experimental_threading": ThreadingOptions,
    }

    def merge(self, options: Options) -> Options:
        """These options and, over them, those."""
        result = Options()
        result._set.update(self._set)
        result._set.update(options._set)
        return result
