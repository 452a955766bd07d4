"""What a traced run notes: `tf.RunMetadata` and the timelines made of it."""

import json

import numpy as np
import pytest

import undertow as tf
from undertow.runtime.timeline import Timeline

FULL = tf.RunOptions(trace_level=tf.RunOptions.FULL_TRACE)


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as g:
        yield g


def traced(session, fetches, feed_dict=None, options=FULL):
    metadata = tf.RunMetadata()
    values = session.run(fetches, feed_dict, options=options, run_metadata=metadata)
    return values, metadata


def nodes(metadata):
    return {node.node_name: node for device in metadata.step_stats.dev_stats for node in device.node_stats}


def test_a_traced_run_gives_what_another_gives():
    x = tf.placeholder(tf.float32, [None, 3])
    w = tf.get_variable("w", [3, 2], initializer=tf.random_uniform_initializer(seed=1))
    loss = tf.reduce_sum(tf.nn.relu(tf.matmul(x, w)))
    step = tf.train.GradientDescentOptimizer(0.1).minimize(loss)
    feed = {x: np.arange(6.0).reshape(2, 3)}
    found = []
    for trace in (False, True):
        with tf.Session() as s:
            s.run(tf.global_variables_initializer())
            value = traced(s, [loss, step], feed)[0] if trace else s.run([loss, step], feed)
            found.append((value[0], s.run(w).tolist()))
    assert found[0] == found[1]


def test_every_op_of_the_run_is_noted_with_its_time_and_output():
    a = tf.constant(np.ones([100, 200], np.float32), name="a")
    tf.matmul(a, a, transpose_b=True, name="product")
    with tf.Session() as s:
        _, metadata = traced(s, "product:0")
    (device,) = metadata.step_stats.dev_stats
    assert device.device == "/job:localhost/replica:0/task:0/device:CPU:0"
    node = nodes(metadata)["product"]
    assert node.timeline_label == "product = MatMul(a, a)"
    assert node.all_end_rel_nanos > 0
    description = node.output[0].tensor_description
    assert description.dtype == tf.float32.as_datatype_enum
    assert [d.size for d in description.shape.dim] == [100, 100]
    assert description.allocation_description.requested_bytes == 100 * 100 * 4
    assert node.memory[0].total_bytes == 100 * 100 * 4
    assert nodes(metadata)["a"].output[0].tensor_description.allocation_description.requested_bytes == 80_000
    assert "_retval_product_0_0" in nodes(metadata)


def test_the_backward_pass_is_noted_op_by_op():
    x = tf.placeholder(tf.float32, [2], name="x")
    tf.gradients(tf.tanh(x * x, name="y"), x)
    with tf.Session() as s:
        _, metadata = traced(s, "gradients/SymbolicGradient:0", {x: [1.0, 2.0]})
    labels = {name: node.timeline_label for name, node in nodes(metadata).items()}
    assert labels["gradients/y_grad"] == "gradients/y_grad = TanhGrad()"
    assert labels["gradients/mul_grad"] == "gradients/mul_grad = MulGrad()"


def test_the_ops_in_a_loop_are_noted_each_round():
    tf.while_loop(lambda i: i < 3, lambda i: tf.add(i, 1, name="next"), [0], name="loop")
    with tf.Session() as s:
        _, metadata = traced(s, "loop/Exit:0")
    names = [node.node_name for node in metadata.step_stats.dev_stats[0].node_stats]
    assert names.count("loop/next") == 3
    assert names.count("loop/Less") == 4


def test_without_a_trace_level_the_metadata_is_emptied():
    c = tf.constant(1.0)
    with tf.Session() as s:
        _, metadata = traced(s, c)
        assert metadata.HasField("step_stats")
        s.run(c, run_metadata=metadata)
    assert not metadata.HasField("step_stats")


def test_a_partition_graph_has_the_ops_that_ran():
    a = tf.constant(1.0, name="a")
    tf.add(a, a, name="b")
    tf.negative(a, name="not_run")
    with tf.Session() as s:
        _, metadata = traced(s, "b:0", options=tf.RunOptions(output_partition_graphs=True))
    assert [(n.name, n.op) for n in metadata.partition_graphs[0].node] == [("a", "Const"), ("b", "AddV2")]
    assert not metadata.HasField("step_stats")


def test_the_cost_graph_comes_at_the_step_that_the_config_names():
    x = tf.placeholder(tf.float32, [4], name="x")
    y = tf.identity(x + 1.0, name="y")
    config = tf.ConfigProto(graph_options=tf.GraphOptions(build_cost_model=2))
    with tf.Session(config=config) as s:
        found = [traced(s, y, {x: [0.0] * 4}, options=None)[1] for _ in range(3)]
    assert [m.HasField("cost_graph") for m in found] == [False, True, False]
    costs = {node.name: node for node in found[1].cost_graph.node}
    assert costs["y"].output_info[0].size == 16
    assert costs["y"].input_info[0].preceding_node == costs["add"].id


def test_a_callable_can_be_traced():
    x = tf.placeholder(tf.float32, [])
    metadata = tf.RunMetadata()
    with tf.Session() as s:
        run = s.make_callable(x * 2.0, [x], accept_options=True)
        assert run(3.0, options=FULL, run_metadata=metadata) == 6.0
        assert s.make_callable(x * 2.0, [x])(4.0) == 8.0
    assert metadata.step_stats.dev_stats


def test_a_timeline_has_an_event_for_each_op():
    x = tf.placeholder(tf.float32, [2], name="x")
    tf.add(x, 1.0, name="y")
    with tf.Session() as s:
        _, metadata = traced(s, "y:0", {x: [1.0, 2.0]})
    trace = json.loads(Timeline(metadata.step_stats).generate_chrome_trace_format())["traceEvents"]
    processes = [event["args"]["name"] for event in trace if event["ph"] == "M"]
    device = "/job:localhost/replica:0/task:0/device:CPU:0"
    assert processes == ["Allocators", f"{device} Compute", f"{device} Tensors"]
    (event,) = [event for event in trace if event["ph"] == "X" and event["args"]["name"] == "y"]
    assert event["name"] == "AddV2"
    assert event["args"] == {"name": "y", "op": "AddV2", "input0": "x", "input1": "y/y"}


def test_the_memory_of_a_timeline_adds_up():
    # x is 8 bytes, the constant 4, y and z 8 each; x and the constant end with y, so the most is x, 1, y, or y and z.
    x = tf.placeholder(tf.float32, [2], name="x")
    tf.negative(tf.add(x, 1.0, name="y"), name="z")
    with tf.Session() as s:
        _, metadata = traced(s, "z:0", {x: [1.0, 2.0]})
    analysis = Timeline(metadata.step_stats).analyze_step_stats()
    assert analysis.allocator_maximums["cpu"].num_bytes >= 16
    events = json.loads(analysis.chrome_trace.format_to_string())["traceEvents"]
    assert [e["args"]["cpu"] for e in events if e["ph"] == "C"][-1] == 0
    assert {e["ph"] for e in events} >= {"M", "X", "N", "O", "D", "C"}


def test_an_op_of_a_branch_that_is_not_taken_is_not_noted():
    p = tf.placeholder(tf.bool, [])
    out = tf.cond(p, lambda: tf.exp(1.0, name="yes"), lambda: tf.exp(2.0, name="no"))
    with tf.Session() as s:
        _, metadata = traced(s, out, {p: True})
    timed = {name for name, node in nodes(metadata).items() if node.all_end_rel_nanos}
    assert "cond/yes" in timed
    assert "cond/no" not in timed
