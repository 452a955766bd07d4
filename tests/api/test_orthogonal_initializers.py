"""Initializers of convolutions that keep the norm of what they are given."""

from __future__ import annotations

import numpy as np
import pytest

import undertow as tf
from undertow.api import orthogonal_initializers as initializers


def _value(tensor):
    with tf.Session() as session:
        return session.run(tensor)


def test_a_delta_orthogonal_kernel_is_zero_but_in_its_middle():
    kernel = _value(initializers.convolutional_delta_orthogonal(gain=2.0)([3, 4, 2, 5]))
    assert np.argwhere(np.abs(kernel).sum((2, 3)) > 0).tolist() == [[1, 1]]
    np.testing.assert_allclose(kernel[1, 1] @ kernel[1, 1].T, 4 * np.eye(2), atol=1e-5)  # 2 squared


@pytest.mark.parametrize("rank", [1, 2, 3])
def test_the_parts_of_an_orthogonal_kernel_add_up_to_an_orthogonal_matrix(rank):
    make = [initializers.convolutional_orthogonal_1d, initializers.convolutional_orthogonal_2d,
            initializers.convolutional_orthogonal_3d][rank - 1]  # fmt: skip
    kernel = _value(make(dtype=tf.float64)([3] * rank + [2, 3]))
    whole = kernel.sum(tuple(range(rank)))
    np.testing.assert_allclose(whole @ whole.T, np.eye(2), atol=1e-12)
    np.testing.assert_allclose((kernel**2).sum(), 2, atol=1e-12)  # as many as there are inputs


def test_kernels_of_no_fit_shape_are_refused():
    with pytest.raises(ValueError, match="In_filters cannot be greater than out_filters"):
        initializers.convolutional_orthogonal_2d()([3, 3, 6, 5])
    with pytest.raises(ValueError, match="Kernel sizes must be equal"):
        initializers.convolutional_orthogonal_2d()([3, 4, 5, 6])
    with pytest.raises(ValueError, match="must be three-dimensional"):
        initializers.convolutional_orthogonal_1d()([3, 6])


def test_the_numbers_of_a_seed_are_tensorflows():
    """From TensorFlow 1.15.5: `convolutional_orthogonal_3d(gain=2.0, seed=3)([2, 2, 2, 2, 3])[0, 0, 0]`."""
    kernel = _value(initializers.convolutional_orthogonal_3d(gain=2.0, seed=3)([2, 2, 2, 2, 3]))
    np.testing.assert_allclose(
        kernel[0, 0, 0], [[0.10851959, 0.36227643, 0.27584237], [-0.10744853, -0.35870183, -0.27312073]], atol=2e-6
    )
