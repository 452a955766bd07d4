"""`strip_unused_lib` and `optimize_for_inference_lib`; nodes and numbers are TensorFlow 1.15.5's."""

import numpy as np
import pytest

import undertow as tf
from undertow.api.tools.optimize_for_inference_lib import fold_batch_norms, optimize_for_inference
from undertow.api.tools.strip_unused_lib import strip_unused, strip_unused_from_files

WEIGHTS = np.arange(36, dtype=np.float32).reshape(3, 3, 2, 2) / 10
NORM = {"scale": [1.0, 2.0], "offset": [3.0, 4.0], "mean": [5.0, 6.0], "variance": [7.0, 8.0]}


def graph_def(convolve=tf.nn.conv2d, norm=NORM):
    with tf.Graph().as_default() as graph:
        x = tf.identity(tf.placeholder(tf.float32, [None, 4, 4, 2], name="x0"), name="x")
        c = convolve(x, tf.constant(WEIGHTS, name="w"), strides=[1, 1, 1, 1], padding="SAME", name="c")
        y = tf.raw_ops.FusedBatchNorm(x=c, is_training=False, epsilon=0.002, name="bn", **norm)[0]
        tf.nn.relu(y, name="out")
        return graph.as_graph_def()


def run(definition, feed):
    with tf.Graph().as_default(), tf.Session() as session:
        tf.import_graph_def(definition, name="")
        return session.run("out:0", feed)


def test_an_input_in_the_middle_becomes_a_placeholder():
    stripped = strip_unused(graph_def(), ["x"], ["c"], tf.float32.as_datatype_enum)
    assert [(n.name, n.op, list(n.input)) for n in stripped.node] == [
        ("x", "Placeholder", []),
        ("w", "Const", []),
        ("c", "Conv2D", ["x", "w"]),
    ]
    assert sorted(stripped.node[0].attr) == ["dtype"]


def test_inputs_and_outputs_that_are_not_there_are_named():
    with pytest.raises(ValueError, match="Name 'x:0' appears to refer to a Tensor, not a Operation"):
        strip_unused(graph_def(), ["x:0"], ["out"], 1)
    with pytest.raises(KeyError, match="The following input nodes were not found"):
        strip_unused(graph_def(), ["nn"], ["out"], 1)
    with pytest.raises(AssertionError, match="nope is not in graph"):
        strip_unused(graph_def(), ["x"], ["nope"], 1)


def test_files_are_stripped_as_graphs_are(tmp_path):
    (tmp_path / "in.pb").write_bytes(graph_def().SerializeToString())
    strip_unused_from_files(str(tmp_path / "in.pb"), True, str(tmp_path / "out.pb"), True, "x", "out", 1)
    assert (tmp_path / "out.pb").read_bytes() == strip_unused(graph_def(), ["x"], ["out"], 1).SerializeToString(
        deterministic=True
    )


def test_a_batch_norm_after_a_convolution_is_folded_into_its_weights():
    folded = fold_batch_norms(strip_unused(graph_def(), ["x"], ["out"], 1))
    assert {n.name: (n.op, list(n.input)) for n in folded.node} == {
        "x": ("Placeholder", []),
        "w": ("Const", []),
        "c": ("Conv2D", ["x", "w"]),
        "c_bn_offset": ("Const", []),
        "bn": ("BiasAdd", ["c", "c_bn_offset"]),
        "out": ("Relu", ["bn"]),
    }
    values = {n.name: tf.make_ndarray(n.attr["value"].tensor) for n in folded.node if n.op == "Const"}
    np.testing.assert_allclose(values["w"].ravel()[:4], [0.0, 0.07070184, 0.0755821, 0.21210553], rtol=1e-6)
    np.testing.assert_allclose(values["c_bn_offset"], [1.1104475, -0.24211049], rtol=1e-6)


@pytest.mark.parametrize(
    ("convolve", "norm"),
    [(tf.nn.conv2d, NORM), (tf.nn.depthwise_conv2d_native, {k: v + v for k, v in NORM.items()})],
)
def test_the_simplified_graph_gives_the_same(convolve, norm):
    images = np.linspace(-1, 1, 32, dtype=np.float32).reshape(1, 4, 4, 2)
    whole = graph_def(convolve, norm)
    simple = optimize_for_inference(whole, ["x0"], ["out"], tf.float32.as_datatype_enum)
    assert {n.op for n in simple.node} & {"Identity", "FusedBatchNorm"} == set()
    np.testing.assert_allclose(run(simple, {"x0:0": images}), run(whole, {"x0:0": images}), atol=1e-5)


def test_a_batch_norm_whose_convolution_is_read_elsewhere_stays():
    with tf.Graph().as_default() as graph:
        tf.import_graph_def(graph_def(), name="")
        tf.negative(graph.get_tensor_by_name("c:0"))
        assert "FusedBatchNorm" in {n.op for n in fold_batch_norms(graph.as_graph_def()).node}
