"""tf.contrib.slim and what of layers and framework comes with it from tf_slim."""

import subprocess
import sys

import numpy as np
import pytest

import undertow as tf

slim = tf.contrib.slim


@pytest.fixture(autouse=True)
def fresh_graph():
    with tf.Graph().as_default():
        yield


def _network(images, training=True):
    with slim.arg_scope(
        [slim.conv2d, slim.fully_connected],
        weights_regularizer=slim.l2_regularizer(0.5),
        normalizer_fn=slim.batch_norm,
        normalizer_params={"is_training": training},
    ):
        net = slim.repeat(images, 2, slim.conv2d, 4, [3, 3], scope="conv1")
        net = slim.max_pool2d(net, [2, 2], scope="pool1")
    net = slim.flatten(net)
    return slim.stack(net, slim.fully_connected, [6, 3], scope="fc")


def test_importing_it_leaves_no_tensorflow_behind():
    program = (
        "import sys, undertow as tf; tf.contrib.slim.conv2d\n"
        "print([m for m in sys.modules if m.partition('.')[0] == 'tensorflow'], len(sys.meta_path))\n"
        "try: import tensorflow\n"
        "except ModuleNotFoundError: print('none')"
    )
    clean = "import sys; print(len(sys.meta_path))"
    ours, bare = (subprocess.run([sys.executable, "-c", p], capture_output=True, text=True) for p in (program, clean))
    finders = int(bare.stdout)
    assert ours.stdout.split("\n")[:2] in ([f"[] {finders}", "none"], [f"[] {finders + 1}", "none"]), ours.stderr


def test_a_tensorflow_that_is_imported_already_stays():
    program = (
        "import sys, types; real = sys.modules['tensorflow'] = types.ModuleType('tensorflow')\n"
        "import undertow as tf; tf.contrib.slim.conv2d\n"
        "print([m for m in sys.modules if m.startswith('tensorflow')], sys.modules['tensorflow'] is real)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout == "['tensorflow'] True\n", done.stderr


def test_every_name_that_is_listed_is_there():
    for namespace in (slim, tf.contrib.layers, tf.contrib.framework):
        missing = [name for name in dir(namespace) if not hasattr(namespace, name)]
        assert (namespace.__name__, missing) == (namespace.__name__, [])


def test_layers_and_framework_give_the_same_functions_as_slim():
    assert tf.contrib.layers.conv2d is slim.conv2d is slim.layers.conv2d
    assert tf.contrib.framework.arg_scope is slim.arg_scope


def test_layers_name_their_variables_and_outputs_as_contrib_does():
    output = _network(tf.placeholder(tf.float32, [None, 8, 8, 1]))
    assert str(output) == 'Tensor("fc/fc_2/Relu:0", shape=(?, 3), dtype=float32)'
    assert [v.op.name for v in tf.trainable_variables()] == [
        "conv1/conv1_1/weights",
        "conv1/conv1_1/BatchNorm/beta",
        "conv1/conv1_2/weights",
        "conv1/conv1_2/BatchNorm/beta",
        "fc/fc_1/weights",
        "fc/fc_1/biases",
        "fc/fc_2/weights",
        "fc/fc_2/biases",
    ]
    assert len(tf.get_collection(tf.GraphKeys.UPDATE_OPS)) == 4  # a moving mean and variance for each of two
    assert [loss.op.name for loss in tf.losses.get_regularization_losses()] == [
        "conv1/conv1_1/kernel/Regularizer/l2_regularizer",
        "conv1/conv1_2/kernel/Regularizer/l2_regularizer",
    ]


def test_a_train_op_of_slim_moves_the_averages_before_it_steps():
    images = tf.placeholder(tf.float32, [None, 8, 8, 1])
    slim.losses.sparse_softmax_cross_entropy(_network(images), tf.constant([0, 1]))
    train = slim.learning.create_train_op(slim.losses.get_total_loss(), tf.train.GradientDescentOptimizer(0.01))
    (mean,) = slim.get_variables("conv1/conv1_1/BatchNorm/moving_mean")
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        losses = [session.run(train, {images: np.ones([2, 8, 8, 1])}) for _ in range(3)]
        assert losses[2] < losses[0]
        assert np.all(session.run(mean) != 0)
        assert session.run(tf.train.get_global_step()) == 3


def test_weights_are_assigned_from_a_checkpoint_by_name(tmp_path):
    with tf.variable_scope("old"):
        saved = slim.model_variable("w", [2], initializer=tf.constant_initializer(3.0))
    other = slim.model_variable("w", [2], initializer=tf.zeros_initializer())
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        path = tf.train.Saver([saved]).save(session, str(tmp_path / "m"))
        tf.contrib.framework.assign_from_checkpoint_fn(path, {"old/w": other})(session)
        assert session.run(other).tolist() == [3.0, 3.0]


def test_a_known_network_has_its_published_size():
    with slim.arg_scope(slim.nets.vgg.vgg_arg_scope()):
        logits, end_points = slim.nets.vgg.vgg_16(tf.placeholder(tf.float32, [1, 224, 224, 3]))
    assert (logits.shape.as_list(), len(end_points)) == ([1, 1000], 21)
    assert sum(v.shape.num_elements() for v in slim.get_model_variables()) == 138_357_544


def test_an_evaluation_runs_its_updates_on_a_checkpoint(tmp_path):
    w = slim.model_variable("w", [], initializer=tf.constant_initializer(2.0))
    slim.get_or_create_global_step()
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        path = tf.train.Saver().save(session, str(tmp_path / "model.ckpt"), global_step=7)
    value, update = tf.metrics.mean(w)
    found = slim.evaluation.evaluate_once("", path, str(tmp_path), num_evals=3, eval_op=update, final_op=value)
    assert found == 2.0
    assert tf.contrib.framework.list_variables(path) == [("global_step", []), ("w", [])]


@pytest.mark.parametrize("unique", [False, True])
def test_sequences_are_embedded_by_a_variable_that_can_be_shared(unique):
    ids = tf.constant([[1, 2, 1], [0, 2, 2]])
    rows = tf.constant_initializer(np.arange(6).reshape([3, 2]))
    made = tf.contrib.layers.embed_sequence(ids, 3, 2, unique, rows, scope="words")
    again = tf.contrib.layers.embed_sequence(ids[:1], scope="words", reuse=True)
    assert made.shape.as_list() == [2, 3, 2]
    assert [v.op.name for v in tf.model_variables()] == ["words/embeddings"]
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        assert session.run(made)[1].tolist() == [[0, 1], [4, 5], [4, 5]]
        assert session.run(again)[0].tolist() == [[2, 3], [4, 5], [2, 3]]
    with pytest.raises(ValueError, match="Must specify vocab size"):
        tf.contrib.layers.embed_sequence(ids)


def test_a_graph_tells_its_placeholders_and_scope():
    first, second = tf.placeholder(tf.float32), tf.placeholder(tf.int32)
    assert tf.contrib.framework.get_placeholders(tf.get_default_graph()) == [first, second]
    with tf.name_scope("a"), tf.name_scope("b"):
        assert tf.contrib.framework.get_name_scope() == "a/b"


def test_slim_trains_to_a_step_and_leaves_a_checkpoint(tmp_path):
    w = tf.Variable([4.0, -4.0], name="w")
    slim.losses.add_loss(tf.reduce_sum(w * w))
    train = slim.learning.create_train_op(slim.losses.get_total_loss(), tf.train.GradientDescentOptimizer(0.25))
    # No thread that saves step 0 meanwhile: here, as in TensorFlow, its checkpoint could end up as the newest.
    options = {"save_interval_secs": 0, "save_summaries_secs": 0}
    loss = slim.learning.train(train, str(tmp_path), number_of_steps=4, **options)
    assert loss == 0.5  # w halves in each step: 2 · (4 / 8)²
    newest = tf.train.latest_checkpoint(str(tmp_path))
    assert tf.train.load_variable(newest, "global_step") == 4
    np.testing.assert_array_equal(tf.train.load_variable(newest, "w"), [0.25, -0.25])


def test_training_of_contrib_is_slims_too():
    assert tf.contrib.training.create_train_op.__module__ == "tf_slim.training.training"
    assert all(hasattr(tf.contrib.training, name) for name in dir(tf.contrib.training))
