"""tf.contrib.image. The op's values are in `tests/parity/cases/image_transform.py`; here what it is made of."""

import numpy as np
import pytest

import undertow as tf

image = tf.contrib.image
GRID = np.arange(16.0, dtype=np.float32).reshape(4, 4)


@pytest.fixture(autouse=True)
def session():
    with tf.Graph().as_default(), tf.Session() as s:
        yield s


def test_a_quarter_turn_is_counterclockwise(session):
    assert (session.run(image.rotate(GRID, np.pi / 2)) == np.rot90(GRID)).all()
    batch = np.stack([GRID, GRID])[..., None]
    turned = session.run(image.rotate(batch, [0.0, np.pi]))
    assert (turned[0, :, :, 0] == GRID).all()
    assert (turned[1, :, :, 0] == np.rot90(GRID, 2)).all()


def test_what_moves_in_is_zero(session):
    moved = session.run(image.translate(GRID, [1, -1]))
    assert moved.tolist() == [[0, 4, 5, 6], [0, 8, 9, 10], [0, 12, 13, 14], [0, 0, 0, 0]]


def test_moves_that_follow_each_other_add_up(session):
    one, two = (image.translations_to_projective_transforms(move) for move in ([1.0, 2.0], [3.0, -5.0]))
    expected = image.translations_to_projective_transforms([4.0, -3.0])
    assert session.run(image.compose_transforms(one, two)).tolist() == session.run(expected).tolist()


def test_another_size_may_be_asked_for():
    identity = [1.0, 0, 0, 0, 1, 0, 0, 0]
    assert image.transform(tf.zeros([2, 5, 6, 3]), identity, output_shape=[3, 8]).shape.as_list() == [2, 3, 8, 3]
    assert image.transform(tf.zeros([5, 6]), identity).shape.as_list() == [5, 6]


def test_what_cannot_be_moved_is_told():
    with pytest.raises(TypeError, match="Images should have rank between 2 and 4"):
        image.transform(tf.zeros([5]), [1.0] * 8)
    with pytest.raises(TypeError, match="Invalid dtype"):
        image.transform(tf.zeros([5, 6], tf.int16), [1.0] * 8)
    with pytest.raises(TypeError, match="Angles should have rank 0 or 1"):
        image.rotate(tf.zeros([5, 6]), [[1.0]])
