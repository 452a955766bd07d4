"""Initializers of convolutions that keep the norm of what they are given: `tf.contrib.framework.convolutional_*`.

After Xiao et al., "Dynamical Isometry and a Mean Field Theory of CNNs", 2018. A kernel of size k is made of k - 1
random ones of size 2, each of which keeps the norm, so that what they do one after the other does too.
Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/framework/convolutional_orthogonal_2d
"""

from __future__ import annotations

import itertools
from typing import Any

from ..graph import dtypes
from ..graph.dtypes import DType
from ..graph.operation import Tensor
from ..ops import diagonal, linalg, random
from ..ops.constant import constant
from ..ops.node import node
from .initializers import Initializer, _dims, _floating
from .partitioned_variables import PartitionInfo

_Taps = dict[tuple[int, ...], Tensor]  # a convolution whose entries are matrices, by where they stand


class _Convolutional(Initializer):
    """What all share: a gain, a seed, and a random matrix of orthonormal rows."""

    _config = ("gain", "seed")

    def __init__(self, gain: float = 1.0, seed: int | None = None, dtype: Any = dtypes.float32) -> None:
        self.gain, self.seed = gain, seed
        self.dtype = _floating(dtype)

    def _normal(self, shape: list[int], dtype: DType) -> Tensor:
        return random.random_normal(shape, dtype=dtype, seed=self.seed)

    def _orthogonal(self, size: int, dtype: DType) -> Tensor:
        """A random orthogonal matrix, all equally likely."""
        q, r = linalg.qr(self._normal([size, size], dtype))
        return node("Mul", q, node("Sign", node("DiagPart", r)))

    def _rows(self, dims: list[int], dtype: DType) -> Tensor:
        """[inputs, outputs]; `ValueError` if there are more inputs than outputs."""
        if dims[-2] > dims[-1]:
            raise ValueError(f"In_filters cannot be greater than out_filters. Received shape={dims}")
        return self._orthogonal(dims[-1], dtype)[: dims[-2], :]

    def _scaled(self, kernel: Tensor) -> Tensor:
        return node("Mul", kernel, constant(self.gain, kernel.dtype))


class ConvolutionDeltaOrthogonal(_Convolutional):
    """A kernel that is a random matrix of orthonormal rows times `gain` in its middle, and zero elsewhere.

    For shapes of rank 3 to 5 with no more inputs than outputs, `ValueError` for others.
    """

    def __call__(self, shape: Any, dtype: Any = None, partition_info: PartitionInfo | None = None) -> Tensor:
        dims = _dims(shape)
        if not 3 <= len(dims) <= 5:
            raise ValueError(
                "The tensor to initialize must be at least three-dimensional and at most five-dimensional. Received "
                f"shape={dims}"
            )
        middle = [(size - 1) // 2 for size in dims[:-2]]
        matrix = self._scaled(self._rows(dims, self._dtype_for(dtype)))
        return node("ScatterNd", [middle], node("ExpandDims", matrix, 0), dims)


_RANKS = {1: "three", 2: "four", 3: "five"}


class _ConvolutionOrthogonal(_Convolutional):
    """An orthogonal kernel of as many dimensions, all of one size, as `_spatial` says."""

    _spatial: int

    def _normal(self, shape: list[int], dtype: DType) -> Tensor:
        result = super()._normal(shape, dtype)
        if self.seed is not None:
            self.seed += 1  # as TensorFlow does: the numbers drawn next must be others
        return result

    def __call__(self, shape: Any, dtype: Any = None, partition_info: PartitionInfo | None = None) -> Tensor:
        dims, count = _dims(shape), self._spatial
        if len(dims) != count + 2:
            raise ValueError(f"The tensor to initialize must be {_RANKS[count]}-dimensional. Received shape={dims}")
        if dims[-2] > dims[-1]:
            raise ValueError(f"In_filters cannot be greater than out_filters. Received shape={dims}")
        if len(set(dims[:count])) > 1:
            raise ValueError(f"Kernel sizes must be equal. Received shape={dims}")
        wanted = self._dtype_for(dtype)
        rows = self._rows(dims, wanted)
        if dims[0] == 1:
            return self._scaled(node("Reshape", rows, dims))
        taps = self._block(dims[-1], wanted)
        for _ in range(dims[0] - 2):
            taps = _after(taps, self._block(dims[-1], wanted))
        kernel = node("Pack", [node("MatMul", rows, taps[place]) for place in sorted(taps)])
        return self._scaled(node("Reshape", kernel, dims))

    def _block(self, size: int, dtype: DType) -> _Taps:
        """A random orthogonal convolution of size 2: along each dimension a projection, then what it leaves."""
        pairs = [self._projections(size, dtype) for _ in range(self._spatial)]
        taps = {}
        for place in itertools.product((0, 1), repeat=self._spatial):
            matrix = pairs[0][place[0]]
            for pair, which in zip(pairs[1:], place[1:]):
                matrix = node("MatMul", matrix, pair[which])
            taps[place] = matrix
        return taps

    def _projections(self, size: int, dtype: DType) -> tuple[Tensor, Tensor]:
        """An orthogonal projection onto a random subspace, and the one onto what is orthogonal to it."""
        basis = self._orthogonal(size, dtype)
        chosen = node("Greater", self._normal([size], dtype), 0)
        kept = node("Mul", basis, node("Cast", chosen, DstT=dtype))
        onto = node("MatMul", kept, kept, transpose_b=True)
        rest = node("Sub", diagonal.eye(size, dtype=dtype), onto)
        return (rest, onto) if self._spatial == 3 else (onto, rest)  # the order TensorFlow has them in


def _after(first: _Taps, second: _Taps) -> _Taps:
    """The convolution that does one and then the other."""
    sums: dict[tuple[int, ...], list[Tensor]] = {}
    for (a, x), (b, y) in itertools.product(first.items(), second.items()):
        sums.setdefault(tuple(i + j for i, j in zip(a, b)), []).append(node("MatMul", x, y))
    return {place: terms[0] if len(terms) == 1 else node("AddN", terms) for place, terms in sums.items()}


class ConvolutionOrthogonal1D(_ConvolutionOrthogonal):
    """An orthogonal kernel [k, inputs, outputs] times `gain`; `ValueError` for more inputs than outputs."""

    _spatial = 1


class ConvolutionOrthogonal2D(_ConvolutionOrthogonal):
    """An orthogonal kernel [k, k, inputs, outputs] times `gain`; `ValueError` for more inputs than outputs."""

    _spatial = 2


class ConvolutionOrthogonal3D(_ConvolutionOrthogonal):
    """An orthogonal kernel [k, k, k, inputs, outputs] times `gain`; `ValueError` for more inputs than outputs."""

    _spatial = 3


convolutional_delta_orthogonal = ConvolutionDeltaOrthogonal
convolutional_orthogonal_1d = ConvolutionOrthogonal1D
convolutional_orthogonal_2d = ConvolutionOrthogonal2D
convolutional_orthogonal_3d = ConvolutionOrthogonal3D
