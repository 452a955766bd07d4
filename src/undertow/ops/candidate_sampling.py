"""Candidate samplers, and the losses that need only some classes. `kernels/candidate_sampling.py` says how they draw.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/nn/nce_loss
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..graph import dtypes
from ..graph.operation import Tensor
from ..graph.scopes import get_seed, name_scope
from ..graph.shape import TensorShape
from . import array, joining, rules, shaping, slicing
from .embedding import embedding_lookup
from .losses import sigmoid_cross_entropy_with_logits
from .math import cast
from .node import convert_to_tensor, node
from .rules import shape_rule
from .softmax import softmax_cross_entropy_with_logits_v2
from .sparse import sparse_to_dense

_SAMPLERS = {
    "log_uniform_candidate_sampler": ("LogUniformCandidateSampler", "more often the smaller they are"),
    "uniform_candidate_sampler": ("UniformCandidateSampler", "all equally often"),
    "learned_unigram_candidate_sampler": ("LearnedUnigramCandidateSampler", "as often as they came as true classes"),
}


def _sampler(public: str) -> Callable[..., Any]:
    op_type, how = _SAMPLERS[public]

    def sample(
        true_classes: Any, num_true: int, num_sampled: int, unique: bool, range_max: int, seed: int | None = None,
        name: str | None = None,
    ) -> Any:  # fmt: skip
        seed1, seed2 = get_seed(seed)
        return node(
            op_type, true_classes, num_true=num_true, num_sampled=num_sampled, unique=unique, range_max=range_max,
            seed=seed1, seed2=seed2, name=name,
        )  # fmt: skip

    sample.__name__ = sample.__qualname__ = public
    sample.__doc__ = f"""Draw `num_sampled` of the classes below `range_max`, {how}.

    Returns the classes [num_sampled] (no two alike if `unique`), and how often the `true_classes` [batch, num_true]
    and those drawn were to be expected.
    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/random/{public}
    """
    return sample


log_uniform_candidate_sampler = _sampler("log_uniform_candidate_sampler")
uniform_candidate_sampler = _sampler("uniform_candidate_sampler")
learned_unigram_candidate_sampler = _sampler("learned_unigram_candidate_sampler")


def fixed_unigram_candidate_sampler(
    true_classes: Any, num_true: int, num_sampled: int, unique: bool, range_max: int, vocab_file: str = "",
    distortion: float = 1.0, num_reserved_ids: int = 0, num_shards: int = 1, shard: int = 0, unigrams: Any = (),
    seed: int | None = None, name: str | None = None,
) -> Any:  # fmt: skip
    """Draw classes as often as `unigrams`, or the last column of `vocab_file`, tell, to the power of `distortion`.

    The first `num_reserved_ids` are never drawn; of `num_shards` only the classes of `shard` are.
    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/random/fixed_unigram_candidate_sampler
    """
    seed1, seed2 = get_seed(seed)
    return node(
        "FixedUnigramCandidateSampler", true_classes, num_true=num_true, num_sampled=num_sampled, unique=unique,
        range_max=range_max, vocab_file=vocab_file, distortion=distortion, num_reserved_ids=num_reserved_ids,
        num_shards=num_shards, shard=shard, unigrams=list(unigrams), seed=seed1, seed2=seed2, name=name,
    )  # fmt: skip


def all_candidate_sampler(
    true_classes: Any, num_true: int, num_sampled: int, unique: bool, seed: int | None = None, name: str | None = None
) -> Any:
    """Every class, 0 to `num_sampled` - 1: for tests of what samples.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/random/all_candidate_sampler
    """
    seed1, seed2 = get_seed(seed)
    return node(
        "AllCandidateSampler", true_classes, num_true=num_true, num_sampled=num_sampled, unique=unique, seed=seed1,
        seed2=seed2, name=name,
    )  # fmt: skip


@shape_rule(
    "LogUniformCandidateSampler", "UniformCandidateSampler", "LearnedUnigramCandidateSampler",
    "ThreadUnsafeUnigramCandidateSampler", "FixedUnigramCandidateSampler", "AllCandidateSampler",
)  # fmt: skip
def _(true_classes: TensorShape, *, num_true: int, num_sampled: int) -> list[TensorShape]:
    batch = rules.with_rank(true_classes, 2)[0]
    drawn = TensorShape.of((num_sampled,))
    return [drawn, TensorShape.of((batch, num_true)), drawn]


def compute_accidental_hits(
    true_classes: Any, sampled_candidates: Any, num_true: int, seed: int | None = None, name: str | None = None
) -> Any:
    """Where a class drawn is a true one: its row, its place among the drawn, and the lowest float as a weight.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/nn/compute_accidental_hits
    """
    seed1, seed2 = get_seed(seed)
    return node(
        "ComputeAccidentalHits", true_classes, sampled_candidates, num_true=num_true, seed=seed1, seed2=seed2,
        name=name,
    )  # fmt: skip


@shape_rule("ComputeAccidentalHits")
def _(true_classes: TensorShape, sampled_candidates: TensorShape) -> list[TensorShape]:
    return [TensorShape.of((None,))] * 3


# Losses


def _row_sums(x: Tensor) -> Tensor:
    """The sum of each row, as a product with ones."""
    columns = array.shape(x)[1]
    ones = array.ones(joining.stack([columns, 1]), x.dtype)
    return shaping.reshape(node("MatMul", x, ones), [-1])


def _sampled_logits(
    weights: Any, biases: Any, labels: Any, inputs: Any, num_sampled: int, num_classes: int, num_true: int,
    sampled_values: Any, subtract_log_q: bool, remove_accidental_hits: bool, partition_strategy: str,
    name: str | None, seed: int | None = None,
) -> tuple[Tensor, Tensor]:  # fmt: skip
    """Logits of the true classes and of those drawn [batch, num_true + num_sampled], and their labels."""
    if hasattr(weights, "_variable_list"):
        weights = list(weights)
    weights = weights if isinstance(weights, list) else [weights]
    with name_scope(name, "compute_sampled_logits", [*weights, biases, inputs, labels]):
        labels = cast(labels, dtypes.int64)
        flat = shaping.reshape(labels, [-1])
        if sampled_values is None:
            sampled_values = log_uniform_candidate_sampler(labels, num_true, num_sampled, True, num_classes, seed)
        drawn, true_expected, drawn_expected = (node("StopGradient", v) for v in sampled_values)
        drawn = cast(drawn, dtypes.int64)
        ids = joining.concat([flat, drawn], 0)
        rows = embedding_lookup(weights, ids, partition_strategy=partition_strategy)
        if rows.dtype != inputs.dtype:
            rows = cast(rows, inputs.dtype)
        true_rows = slicing.slice(rows, [0, 0], joining.stack([array.shape(flat)[0], -1]))
        drawn_rows = slicing.slice(rows, joining.stack([array.shape(flat)[0], 0]), [-1, -1])
        drawn_logits = node("MatMul", inputs, drawn_rows, transpose_b=True)
        all_biases = embedding_lookup(biases, ids, partition_strategy=partition_strategy)
        if all_biases.dtype != inputs.dtype:
            all_biases = cast(all_biases, inputs.dtype)
        true_biases = slicing.slice(all_biases, [0], array.shape(flat))
        drawn_biases = slicing.slice(all_biases, array.shape(flat), [-1])
        width = array.shape(true_rows)[1:2]
        each = joining.concat([[-1, num_true], width], 0)
        products = node("Mul", shaping.expand_dims(inputs, 1), shaping.reshape(true_rows, each))
        dots = _row_sums(shaping.reshape(products, joining.concat([[-1], width], 0)))
        true_logits = shaping.reshape(dots, [-1, num_true]) + shaping.reshape(true_biases, [-1, num_true])
        drawn_logits = drawn_logits + drawn_biases
        if remove_accidental_hits:
            drawn_logits = drawn_logits + _hits(labels, drawn, drawn_logits, num_true)
        if subtract_log_q:
            true_logits = true_logits - node("Log", true_expected)
            drawn_logits = drawn_logits - node("Log", drawn_expected)
        logits = joining.concat([true_logits, drawn_logits], 1)
        share = array.ones_like(true_logits) / num_true
        return logits, joining.concat([share, array.zeros_like(drawn_logits)], 1)


def _hits(labels: Tensor, drawn: Tensor, logits: Tensor, num_true: int) -> Tensor:
    """What to add to the logits of classes drawn that are the row's own: the lowest float, which takes them out."""
    rows, places, weights = compute_accidental_hits(labels, drawn, num_true)
    indices = joining.concat(
        [shaping.reshape(rows, [-1, 1]), shaping.reshape(cast(places, dtypes.int32), [-1, 1])], 1, "sparse_indices"
    )
    shape = joining.concat([array.shape(labels)[:1], shaping.expand_dims(array.shape(drawn)[0], 0)], 0)
    if weights.dtype != logits.dtype:
        weights = cast(weights, logits.dtype)
    return sparse_to_dense(indices, shape, weights, default_value=0.0, validate_indices=False)


def nce_loss(
    weights: Any, biases: Any, labels: Any, inputs: Any, num_sampled: int, num_classes: int, num_true: int = 1,
    sampled_values: Any = None, remove_accidental_hits: bool = False, partition_strategy: str = "mod",
    name: str = "nce_loss",
) -> Tensor:  # fmt: skip
    """The noise-contrastive loss of each row of `inputs` [batch, dim], from `num_sampled` classes drawn.

    `weights` [num_classes, dim] (or parts of it), `biases` [num_classes], `labels` [batch, num_true].
    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/nn/nce_loss
    """
    logits, wanted = _sampled_logits(
        weights, biases, labels, convert_to_tensor(inputs), num_sampled, num_classes, num_true, sampled_values, True,
        remove_accidental_hits, partition_strategy, name,
    )  # fmt: skip
    return _row_sums(sigmoid_cross_entropy_with_logits(labels=wanted, logits=logits, name="sampled_losses"))


def sampled_softmax_loss(
    weights: Any, biases: Any, labels: Any, inputs: Any, num_sampled: int, num_classes: int, num_true: int = 1,
    sampled_values: Any = None, remove_accidental_hits: bool = True, partition_strategy: str = "mod",
    name: str = "sampled_softmax_loss", seed: int | None = None,
) -> Tensor:  # fmt: skip
    """The softmax cross entropy of each row of `inputs` over its true classes and `num_sampled` drawn ones.

    Arguments as `nce_loss`.
    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/nn/sampled_softmax_loss
    """
    logits, wanted = _sampled_logits(
        weights, biases, labels, convert_to_tensor(inputs), num_sampled, num_classes, num_true, sampled_values, True,
        remove_accidental_hits, partition_strategy, name, seed,
    )  # fmt: skip
    wanted = node("StopGradient", wanted, name="labels_stop_gradient")
    return softmax_cross_entropy_with_logits_v2(labels=wanted, logits=logits)
