"""Facts of the pooling layers that TensorFlow on a CPU does not show."""

import numpy as np
import pytest

import undertow as tf

FIRST = {1: (0, 2, 1), 2: (0, 3, 1, 2), 3: (0, 4, 1, 2, 3)}
SIZES = {1: (9,), 2: (7, 6), 3: (5, 4, 5)}
LAYERS = [(f"{kind}Pooling{rank}D", rank) for kind in ("Max", "Average") for rank in (1, 2, 3)]


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


@pytest.mark.parametrize(("name", "rank"), LAYERS)
@pytest.mark.parametrize("padding", ["valid", "same"])
def test_channels_first_gives_the_same_numbers_and_the_shape_foretold(name, rank, padding):
    x = np.random.RandomState(0).uniform(-1, 1, (2, *SIZES[rank], 3)).astype(np.float32)
    made = getattr(tf.layers, name)
    last = made(3, 2, padding)(tf.constant(x))
    layer = made(3, 2, padding, "channels_first")
    first = layer(tf.constant(x.transpose(FIRST[rank])))
    assert first.shape == layer.compute_output_shape([2, 3, *SIZES[rank]])
    with tf.Session() as session:
        last, first = session.run([last, first])
    np.testing.assert_allclose(first, last.transpose(FIRST[rank]), rtol=1e-6)


def test_a_name_is_made_unique():
    x = tf.placeholder(tf.float32, [None, 4, 4, 1])
    assert [tf.layers.max_pooling2d(x, 2, 2, name="p").name for _ in range(2)] == ["p/MaxPool:0", "p_1/MaxPool:0"]


def test_strides_must_be_told():
    with pytest.raises(ValueError, match="Argument `strides` must not be None"):
        tf.layers.max_pooling2d(tf.placeholder(tf.float32, [None, 4, 4, 1]), 2, None)


def test_the_rank_must_fit():
    with pytest.raises(ValueError, match=r"expected ndim=4, found ndim=3. Full shape received: \[None, 4, 1\]"):
        tf.layers.average_pooling2d(tf.placeholder(tf.float32, [None, 4, 1]), 2, 2)
