"""`tf.test`: what TensorFlow 1's own tests, and those of programs, are written with."""

from unittest import mock

from .benchmark import Benchmark
from .case import TestCase
from .environment import (
    assert_equal_graph_def,
    get_temp_dir,
    gpu_device_name,
    is_built_with_cuda,
    is_built_with_rocm,
    is_gpu_available,
    main,
    test_src_dir_path,
)
from .gradients import compute_gradient, compute_gradient_error

__all__ = [
    "Benchmark",
    "TestCase",
    "assert_equal_graph_def",
    "compute_gradient",
    "compute_gradient_error",
    "get_temp_dir",
    "gpu_device_name",
    "is_built_with_cuda",
    "is_built_with_rocm",
    "is_gpu_available",
    "main",
    "mock",
    "test_src_dir_path",
]
