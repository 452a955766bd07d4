"""GraphNodeProto, which the tensorboard package does not bring: what a profile says of one part of a graph.

Source: the published schema tfprof_output.proto.
"""

from __future__ import annotations

from .messages import _declare

_NUMBERS = {
    "run_count": 21, "exec_micros": 2, "accelerator_exec_micros": 17, "cpu_exec_micros": 18, "requested_bytes": 3,
    "peak_bytes": 24, "residual_bytes": 25, "output_bytes": 26, "parameters": 4, "float_ops": 13,
    "total_definition_count": 23, "total_run_count": 22, "total_exec_micros": 6, "total_accelerator_exec_micros": 19,
    "total_cpu_exec_micros": 20, "total_requested_bytes": 7, "total_peak_bytes": 27, "total_residual_bytes": 28,
    "total_output_bytes": 29, "total_parameters": 8, "total_float_ops": 14,
}  # fmt: skip

GraphNodeProto = _declare(
    "undertow/tfprof_output.proto",
    {
        "Dim": [("size", 1, "int64"), ("name", 2, "string")],
        "TensorShapeProto": [("dim", 2, "Dim*"), ("unknown_rank", 3, "bool")],
        "GraphNodeProto": [
            ("name", 1, "string"),
            ("devices", 10, "string*"),
            ("shapes", 11, "TensorShapeProto*"),
            ("children", 12, "GraphNodeProto*"),
            *((name, number, "int64") for name, number in _NUMBERS.items()),
        ],
    },
)["GraphNodeProto"]
