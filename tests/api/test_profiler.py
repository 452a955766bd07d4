"""`tf.profiler`: parameters, floating-point operations, and what a traced run took."""

import pytest

import undertow as tf
from undertow.ops.float_operations import float_operations

Builder = tf.profiler.ProfileOptionBuilder


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as g:
        yield g


def quiet(options):
    return Builder(options).with_empty_output().build()


def test_the_trainable_variables_are_counted_scope_by_scope(graph):
    tf.layers.dense(tf.zeros([2, 3]), 4, name="one")
    tf.get_variable("frozen", [100], trainable=False)
    root = tf.profiler.profile(graph, options=quiet(Builder.trainable_variables_parameter()))
    assert (root.name, root.total_parameters) == ("_TFProfRoot", 16)
    (scope,) = root.children
    assert (scope.name, scope.total_parameters) == ("one", 16)
    assert [(c.name, c.parameters) for c in scope.children] == [("one/bias", 4), ("one/kernel", 12)]
    assert [d.size for d in scope.children[1].shapes[0].dim] == [3, 4]


def test_floating_point_operations_are_counted_largest_first(graph):
    x = tf.placeholder(tf.float32, [2, 3])
    tf.nn.softmax(tf.matmul(x, tf.zeros([3, 4]), name="product"), name="shares")
    root = tf.profiler.profile(graph, options=quiet(Builder.float_operation()))
    # 2 * 2 * 3 * 4 for the product, 5 for each of its 8 elements.
    assert root.total_float_ops == 88
    assert [(c.name, c.float_ops) for c in root.children] == [("product", 48), ("shares", 40)]


IMAGE = [2, 8, 8, 3]


@pytest.mark.parametrize(
    ("make", "count"),
    [
        (lambda a, b, image: tf.add_n([a, a, a]), 48),
        (lambda a, b, image: tf.argmax(a, 1), 20),
        (lambda a, b, image: tf.nn.max_pool(image, [1, 2, 3, 1], [1, 2, 2, 1], "SAME"), 576),
        (lambda a, b, image: tf.nn.bias_add(image, tf.zeros([3])), 384),
        (lambda a, b, image: tf.nn.conv2d(image, tf.zeros([3, 2, 3, 7]), [1, 2, 2, 1], "SAME"), 8064),
        (lambda a, b, image: tf.nn.dilation2d(image, tf.zeros([3, 2, 3]), [1] * 4, [1] * 4, "SAME"), 4608),
        (lambda a, b, image: tf.nn.l2_loss(a), 71),
        (lambda a, b, image: tf.matmul(a, b, transpose_a=True), 48),
        (lambda a, b, image: tf.reduce_mean(a, 1), 24),
        (lambda a, b, image: tf.reduce_sum(a, 1), 20),
        (lambda a, b, image: tf.rsqrt(a), 48),
        (lambda a, b, image: tf.squared_difference(a, b), 48),
        (lambda a, b, image: tf.reshape(a, [-1]), 0),
        (lambda a, b, image: tf.placeholder(tf.float32, [None, 3]) * 2.0, 0),
    ],
)
def test_an_ops_count_is_1_15s(make, count):
    # The numbers are those of TensorFlow 1.15.5 for the same ops.
    a, b, image = (tf.placeholder(tf.float32, shape) for shape in ([4, 6], [4, 1], IMAGE))
    assert float_operations(make(a, b, image).op) == count


def test_a_traced_run_tells_times_and_bytes(graph):
    tf.matmul(tf.ones([64, 64]), tf.ones([64, 64]), name="product")
    metadata = tf.RunMetadata()
    with tf.Session() as s:
        s.run("product:0", options=tf.RunOptions(trace_level=3), run_metadata=metadata)
    options = quiet(Builder.time_and_memory(min_micros=0))
    root = tf.profiler.profile(graph, run_meta=metadata, options=options)
    product = next(c for c in root.children if c.name == "product")
    assert product.requested_bytes == 64 * 64 * 4
    assert root.total_exec_micros >= product.exec_micros


def test_a_report_goes_to_stdout_or_a_file(graph, capsys, tmp_path):
    tf.get_variable("w", [1500])
    options = Builder.trainable_variables_parameter()
    tf.profiler.profile(graph, options=options)
    assert "  w (1500, 1.50k/1.50k params)" in capsys.readouterr().out
    tf.profiler.profile(graph, options=Builder(options).with_file_output(str(tmp_path / "report")).build())
    assert (tmp_path / "report").read_text().splitlines()[0] == "node name | # parameters"


def test_what_is_shown_is_chosen_by_name(graph):
    tf.get_variable("a", [2])
    tf.get_variable("b", [3])
    options = Builder(Builder.trainable_variables_parameter()).with_node_names(hide_name_regexes=["b"])
    root = tf.profiler.profile(graph, options=options.with_empty_output().build())
    assert [c.name for c in root.children] == ["a"]
    assert root.total_parameters == 2


@pytest.mark.parametrize(
    "arguments", [{"cmd": "graph"}, {"options": {**Builder.float_operation(), "select": ["occurrence"]}}]
)
def test_what_is_not_built_says_so(graph, arguments):
    tf.constant(1)
    with pytest.raises(tf.errors.UnimplementedError, match=r"tf\.profiler\.profile"):
        tf.profiler.profile(graph, **arguments)
