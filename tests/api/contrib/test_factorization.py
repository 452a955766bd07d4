"""`tf.contrib.factorization.KMeans`: centers of rows."""

import numpy as np
import pytest

import undertow as tf

factorization = tf.contrib.factorization
POINTS = np.array([[0, 0], [0, 2], [10, 0], [10, 4]], np.float32)


def steps(points, count=1, **options):
    """What `count` steps make: the centers, and the last step's ids, scores and all scores."""
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float32, [None, 2])
        kmeans = factorization.KMeans(x, 2, **options)
        all_scores, idx, scores, initialized, centers, init_op, training_op = kmeans.training_graph()
        session.run(tf.global_variables_initializer())
        for _ in range(2):  # the second changes nothing
            session.run(init_op, {x: points})
        assert session.run(initialized)
        for _ in range(count):
            *found, _ = session.run([idx[0], scores[0], all_scores[0], training_op], {x: points})
        return session.run(centers), *found


def test_a_full_step_puts_each_center_at_the_mean_of_its_rows():
    centers, idx, scores, all_scores = steps(POINTS, initial_clusters=POINTS[[0, 2]])
    np.testing.assert_array_equal(idx, [0, 0, 1, 1])
    np.testing.assert_array_equal(scores, [0, 4, 0, 16])
    np.testing.assert_array_equal(all_scores, [[0, 100], [4, 104], [100, 0], [116, 16]])
    np.testing.assert_array_equal(centers, [[0, 1], [10, 2]])


def test_mini_batches_give_the_mean_of_all_rows_a_center_was_ever_given():
    """Step 1 makes the means of 2 rows each; step 2, given the same rows, keeps them."""
    for count in (1, 2):
        centers, *_ = steps(POINTS, count, initial_clusters=POINTS[[0, 2]], use_mini_batch=True)
        np.testing.assert_allclose(centers, [[0, 1], [10, 2]], rtol=1e-6)


def test_the_cosine_distance_is_of_directions():
    points = np.array([[1, 0], [5, 0], [0, 2], [0, 9]], np.float32)
    options = {"distance_metric": factorization.COSINE_DISTANCE, "initial_clusters": points[[1, 3]]}
    centers, idx, scores, all_scores = steps(points, **options)
    np.testing.assert_array_equal(idx, [0, 0, 1, 1])
    np.testing.assert_allclose(scores, np.zeros(4), atol=1e-6)
    np.testing.assert_allclose(all_scores, [[0, 1], [0, 1], [1, 0], [1, 0]], atol=1e-6)
    np.testing.assert_allclose(centers, [[1, 0], [0, 1]], atol=1e-6)


@pytest.mark.parametrize("initial", [factorization.RANDOM_INIT, factorization.KMEANS_PLUS_PLUS_INIT])
def test_the_first_centers_are_rows_of_the_input(initial):
    """The centers of no step are those that were chosen."""
    with tf.Graph().as_default(), tf.Session() as session:
        *_, centers, init_op, _ = factorization.KMeans(POINTS, 2, initial_clusters=initial).training_graph()
        session.run(tf.global_variables_initializer())
        session.run(init_op)
        assert {*map(tuple, session.run(centers))} <= {*map(tuple, POINTS)}


def test_more_centers_than_rows_are_refused():
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float32, [None, 2])
        *_, init_op, _ = factorization.KMeans(x, 5).training_graph()
        session.run(tf.global_variables_initializer())
        with pytest.raises(tf.errors.InvalidArgumentError, match="larger than the number of input rows"):
            session.run(init_op, {x: POINTS})


def test_what_is_not_built_says_so():
    with pytest.raises(tf.errors.UnimplementedError, match="kmc2"):
        factorization.KMeans(POINTS, 2, initial_clusters="kmc2")
    with pytest.raises(ValueError, match=r"Unsupported distance metric.*: city"):
        factorization.KMeans(POINTS, 2, distance_metric="city")
