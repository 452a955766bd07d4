"""`tf.contrib.factorization.KMeans`: the graph that finds cluster centers.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/factorization/KMeans
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ....graph import dtypes
from ....graph.errors import UnimplementedError
from ....graph.operation import Operation, Tensor
from ....graph.scopes import control_dependencies, name_scope
from ....ops.array import ones_like, placeholder_with_default, zeros
from ....ops.array import shape as shape_of
from ....ops.check import assert_less_equal
from ....ops.clustering import kmeans_plus_plus_initialization, nearest_neighbors
from ....ops.cond import cond
from ....ops.constant import constant
from ....ops.control_flow import group
from ....ops.gather import gather
from ....ops.joining import concat
from ....ops.math import cast, div_no_nan, square
from ....ops.matmul import matmul
from ....ops.node import convert_to_tensor
from ....ops.norm import l2_normalize
from ....ops.random import random_uniform
from ....ops.reduction import add_n, reduce_sum
from ....ops.segment import unsorted_segment_sum
from ....ops.shaping import expand_dims, squeeze
from ....ops.state import assign, assign_add
from ...variables import Variable

SQUARED_EUCLIDEAN_DISTANCE = "squared_euclidean"
COSINE_DISTANCE = "cosine"
RANDOM_INIT = "random"
KMEANS_PLUS_PLUS_INIT = "kmeans_plus_plus"

Initial = str | Any | Callable[[Any, int], Any]


class KMeans:
    """Find `num_clusters` centers of the rows of `inputs`.

    Args:
      inputs: a float32 matrix [rows, depth], or a list of them; each run may feed others.
      num_clusters: how many centers.
      initial_clusters: "random" (rows of the inputs), "kmeans_plus_plus", the centers themselves, or a function of
        (inputs, num_clusters) that gives them.
      distance_metric: "squared_euclidean", or "cosine" (1 - the cosine of the angle).
      use_mini_batch: whether a step moves each center towards the mean of all rows it was ever given, instead of
        putting it at the mean of this run's.
      mini_batch_steps_per_iteration: only 1 is built.
      random_seed: seeds the first centers.
      kmeans_plus_plus_num_retries: how many more candidates each draw of "kmeans_plus_plus" looks at.
      kmc2_chain_length: only 200, its default: "kmc2" is not built.

    Raises:
      ValueError: the distance or the initialization is unknown.
      UnimplementedError: something is asked for that is not built.
    """

    def __init__(
        self,
        inputs: Any,
        num_clusters: int,
        initial_clusters: Initial = RANDOM_INIT,
        distance_metric: str = SQUARED_EUCLIDEAN_DISTANCE,
        use_mini_batch: bool = False,
        mini_batch_steps_per_iteration: int = 1,
        random_seed: int = 0,
        kmeans_plus_plus_num_retries: int = 2,
        kmc2_chain_length: int = 200,
    ) -> None:
        if distance_metric not in (SQUARED_EUCLIDEAN_DISTANCE, COSINE_DISTANCE):
            raise ValueError(f"Unsupported distance metric passed to Kmeans: {distance_metric}")
        unbuilt = {"initial_clusters='kmc2'": isinstance(initial_clusters, str) and initial_clusters == "kmc2"}
        unbuilt["mini_batch_steps_per_iteration"] = mini_batch_steps_per_iteration != 1
        unbuilt["kmc2_chain_length"] = kmc2_chain_length != 200
        for argument, asked in unbuilt.items():
            if asked:
                raise UnimplementedError(None, None, f"KMeans({argument}) is not built")
        self._inputs = [convert_to_tensor(x) for x in (inputs if isinstance(inputs, list | tuple) else [inputs])]
        self._num_clusters = num_clusters
        self._initial_clusters = initial_clusters
        self._cosine = distance_metric == COSINE_DISTANCE
        self._use_mini_batch = use_mini_batch
        self._seed = random_seed
        self._retries = kmeans_plus_plus_num_retries

    def training_graph(
        self,
    ) -> tuple[list[Tensor], list[Tensor], list[Tensor], Variable, Variable, Operation, Operation]:
        """Build the graph.

        Returns:
          all_scores: for each input, the distances of its rows from all centers [rows, num_clusters].
          cluster_idx: for each input, its rows' nearest centers [rows], int64.
          scores: for each input, the distances from those [rows].
          cluster_centers_initialized: a bool variable.
          cluster_centers: the variable of the centers [num_clusters, depth].
          init_op: sets the centers, once.
          training_op: moves them, one step.
        """
        initialized = Variable(False, dtype=dtypes.bool, name="initialized", trainable=False)
        unknown = placeholder_with_default(constant([], self._inputs[0].dtype.base_dtype), shape=None)
        centers = Variable(unknown, name="clusters", validate_shape=False)
        with name_scope("kmeans"):
            rows = [l2_normalize(x, 1) for x in self._inputs] if self._cosine else self._inputs
            known = convert_to_tensor(centers)
            known.set_shape([self._num_clusters, rows[0].shape[1]])
            compared = l2_normalize(known, 1) if self._cosine else known
            nearest = [nearest_neighbors(x, compared, 1) for x in rows]
            share = 0.5 if self._cosine else 1.0  # of unit vectors: |x - c|² = 2 (1 - cos)
            cluster_idx = [squeeze(indices, [1]) for indices, _ in nearest]
            scores = [squeeze(distances, [1]) * share for _, distances in nearest]
            all_scores = [_squared_distances(x, compared) * share for x in rows]
            init_op = self._initialize(rows, initialized, centers)
            training_op = self._train(rows, cluster_idx, centers, known)
        return all_scores, cluster_idx, scores, initialized, centers, init_op, training_op

    def _initialize(self, rows: list[Tensor], initialized: Variable, centers: Variable) -> Operation:
        def choose() -> Operation:
            with control_dependencies([assign(centers, self._first(rows), validate_shape=False)]):
                return assign(initialized, True).op

        return cond(initialized, lambda: group(name="kept"), choose).op

    def _first(self, rows: list[Tensor]) -> Tensor:
        """The centers to begin with."""
        initial, wanted = self._initial_clusters, self._num_clusters
        if callable(initial):
            return convert_to_tensor(initial(self._inputs, wanted))
        if not isinstance(initial, str):
            return convert_to_tensor(initial, dtype=rows[0].dtype.base_dtype)
        every = rows[0] if len(rows) == 1 else concat(rows, 0)
        count = shape_of(every, out_type=dtypes.int64)[0]
        if initial == RANDOM_INIT:
            enough = "the number of clusters must not be larger than the number of input rows"
            with control_dependencies(
                [assert_less_equal(convert_to_tensor(wanted, dtypes.int64), count, message=enough)]
            ):
                return gather(every, random_uniform([wanted], maxval=count, dtype=dtypes.int64, seed=self._seed))
        if initial == KMEANS_PLUS_PLUS_INIT:
            return kmeans_plus_plus_initialization(every, wanted, self._seed, self._retries)
        raise ValueError(f"Unsupported initial clusters passed to Kmeans: {initial}")

    def _train(self, rows: list[Tensor], idx: list[Tensor], centers: Variable, known: Tensor) -> Operation:
        wanted, dtype = self._num_clusters, known.dtype.base_dtype
        sums = add_n([unsorted_segment_sum(x, i, wanted) for x, i in zip(rows, idx, strict=True)])
        counts = add_n([unsorted_segment_sum(ones_like(i), i, wanted) for i in idx])
        mine = expand_dims(cast(counts, dtype), 1)
        if not self._use_mini_batch:
            means = div_no_nan(sums, mine)
            return assign(centers, l2_normalize(means, 1) if self._cosine else means).op
        total = Variable(zeros([wanted], dtypes.int64), name="total_counts", trainable=False)
        so_far = expand_dims(cast(assign_add(total, counts), dtype), 1)
        return assign_add(centers, div_no_nan(sums - known * mine, so_far)).op


def _squared_distances(points: Tensor, centers: Tensor) -> Tensor:
    products = matmul(points, centers, transpose_b=True)
    return reduce_sum(square(points), 1, keepdims=True) - 2.0 * products + reduce_sum(square(centers), 1)
