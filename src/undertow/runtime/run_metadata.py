"""`tf.RunMetadata` of a run: what its ops took, what it cost, which part of the graph it was.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/RunMetadata
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import torch
from tensorboard.compat.proto.cost_graph_pb2 import CostGraphDef
from tensorboard.compat.proto.graph_pb2 import GraphDef
from tensorboard.compat.proto.step_stats_pb2 import NodeExecStats, StepStats

from ..graph.dtypes import as_dtype
from ..graph.operation import Operation
from ..graph.proto import PRODUCER, node_def
from ..graph.shape import TensorShape
from .tracing import Output, Record

_ALLOCATORS = {"CPU": "cpu", "GPU": "GPU_0_bfc"}


def step_stats(records: Iterable[Record]) -> StepStats:
    """What a traced run noted, by device, in the order of beginning."""
    stats = StepStats()
    devices: dict[str, Any] = {}
    for record in sorted(records, key=lambda r: r.start):
        if record.device not in devices:
            devices[record.device] = stats.dev_stats.add(device=record.device)
        devices[record.device].node_stats.append(_node_stats(record))
    return stats


def _node_stats(record: Record) -> NodeExecStats:
    elapsed = record.end - record.start
    stats = NodeExecStats(
        node_name=record.name,
        timeline_label=record.label,
        thread_id=record.thread & 0xFFFFFFFF,
        all_start_micros=record.start // 1000,
        op_end_rel_micros=elapsed // 1000,
        all_end_rel_micros=elapsed // 1000,
        scheduled_micros=record.start // 1000,
        all_start_nanos=record.start,
        op_end_rel_nanos=elapsed,
        all_end_rel_nanos=elapsed,
        scheduled_nanos=record.start,
    )
    allocator = _ALLOCATORS["GPU" if "GPU" in record.device else "CPU"]
    allocated = sum(o.allocated for o in record.outputs)
    if allocated:
        memory = stats.memory.add(
            allocator_name=allocator, total_bytes=allocated, peak_bytes=allocated, live_bytes=allocated
        )
        memory.allocation_records.add(alloc_micros=record.end // 1000, alloc_bytes=allocated)
    for slot, output in enumerate(record.outputs):
        description = stats.output.add(slot=slot).tensor_description
        description.dtype = _enum(output)
        description.shape.CopyFrom(TensorShape(output.shape).as_proto())
        description.allocation_description.requested_bytes = output.bytes
        description.allocation_description.allocated_bytes = output.allocated
        description.allocation_description.allocator_name = allocator
        description.allocation_description.ptr = output.address
    return stats


def _enum(output: Output) -> int:
    dtype = output.dtype
    name = str(dtype).removeprefix("torch.") if isinstance(dtype, torch.dtype) else np.dtype(dtype).name
    return as_dtype("string" if name == "object" else name).as_datatype_enum


def partition_graph(ops: Iterable[Operation], device: Callable[[Operation], str]) -> GraphDef:
    """The part of the graph that a run needs, each op with the device that it runs on."""
    graph = GraphDef()
    graph.versions.producer = PRODUCER
    for op in ops:
        node = graph.node.add()
        node.CopyFrom(node_def(op))
        node.device = device(op)
    return graph


def cost_graph(ops: list[Operation], records: Iterable[Record], device: Callable[[Operation], str]) -> CostGraphDef:
    """The same part with what each op was seen to take: microseconds, and bytes of output."""
    elapsed: dict[str, int] = {}
    outputs: dict[str, tuple[Output, ...]] = {}
    for record in records:
        elapsed[record.name] = elapsed.get(record.name, 0) + record.end - record.start - record.inside
        outputs[record.name] = record.outputs
    numbers = {op: i for i, op in enumerate(ops)}
    graph = CostGraphDef()
    for op, number in numbers.items():
        node = graph.node.add(name=op.name, device=device(op), id=number, compute_cost=elapsed.get(op.name, 0) // 1000)
        for tensor in op.inputs:
            if tensor.op in numbers:
                node.input_info.add(preceding_node=numbers[tensor.op], preceding_port=tensor.value_index)
        node.control_input.extend(numbers[c] for c in op._control_inputs if c in numbers)
        for output in outputs.get(op.name, ()):
            shape = TensorShape(output.shape).as_proto()
            node.output_info.add(size=output.bytes, alias_input_port=-1, shape=shape, dtype=_enum(output))
    return graph
