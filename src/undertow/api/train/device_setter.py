"""`tf.train.replica_device_setter`: variables to parameter servers in turn, the rest to the worker.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/train/replica_device_setter
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

from ...graph.device import DeviceSpec
from .. import logging
from .server_lib import ClusterSpec

STANDARD_PS_OPS = (
    "Variable",
    "VariableV2",
    "AutoReloadVariable",
    "MutableHashTable",
    "MutableHashTableV2",
    "MutableHashTableOfTensors",
    "MutableHashTableOfTensorsV2",
    "MutableDenseHashTable",
    "MutableDenseHashTableV2",
    "VarHandleOp",
    "BoostedTreesEnsembleResourceHandleOp",
)


def replica_device_setter(
    ps_tasks: int = 0,
    ps_device: str = "/job:ps",
    worker_device: str = "/job:worker",
    merge_devices: bool = True,
    cluster: Any = None,
    ps_ops: Any = None,
    ps_strategy: Callable[[Any], int] | None = None,
) -> Callable[[Any], str] | None:
    """A function for `tf.device`: variables (`ps_ops`) go to the parameter servers by turns, other ops to the worker.

    `cluster`, a `ClusterSpec` or what makes one, tells how many servers there are in place of `ps_tasks`; None if there
    are none. With `merge_devices` an inner `tf.device` adds to it, else it stands alone. `ps_strategy(op)` chooses the
    server's number. `TypeError` for a strategy that cannot be called.
    """
    if cluster is not None:
        tasks = ClusterSpec(cluster).as_dict()
        job = DeviceSpec.from_string(ps_device).job
        if job not in tasks or tasks[job] is None:
            return None
        ps_tasks = len(tasks[job])
    if ps_tasks == 0:
        return None
    if not merge_devices:
        logging.warning("DEPRECATION: It is recommended to set merge_devices=true in replica_device_setter")
    if ps_strategy is None:
        turns = itertools.cycle(range(ps_tasks))

        def ps_strategy(op: Any) -> int:
            return next(turns)

    if not callable(ps_strategy):
        raise TypeError("ps_strategy must be callable")
    choose, served = ps_strategy, set(STANDARD_PS_OPS if ps_ops is None else ps_ops)

    def device(op: Any) -> str:
        if not merge_devices and op.device:
            return op.device
        asked = DeviceSpec.from_string(op.device or "")
        spec = DeviceSpec.from_string((ps_device if op.type in served else worker_device) or "")
        if op.type in served and spec.job and asked.job in (None, spec.job):
            spec.task = choose(op)
        spec.merge_from(asked)
        return spec.to_string()

    return device
