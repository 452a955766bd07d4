"""Devices: how `tf.device` scopes merge, and DeviceSpec."""

import pytest

import undertow as tf


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as g:
        yield g


def _device():
    return tf.constant(1).device


def test_no_device_is_the_empty_string():
    assert _device() == ""


def test_inner_devices_win_part_by_part():
    with tf.device("/cpu:0"):
        assert _device() == "/device:CPU:0"
        with tf.device("/gpu:1"):
            assert _device() == "/device:GPU:1"
        with tf.device("/job:worker/task:2"):
            assert _device() == "/job:worker/task:2/device:CPU:0"
        with tf.device(None):
            assert _device() == ""
    with tf.device("/job:ps"), tf.device("/gpu:0"):
        assert _device() == "/job:ps/device:GPU:0"


def test_a_function_is_asked_for_each_op():
    with tf.device("/device:GPU:0"), tf.device(lambda op: "/cpu:3" if op.type == "Const" else None):
        assert _device() == "/device:CPU:3"
        assert tf.no_op().device == "/device:GPU:0"


def test_a_spec_is_a_device():
    with tf.device(tf.DeviceSpec(job="w", device_type="GPU", device_index=3)):
        assert _device() == "/job:w/device:GPU:3"
    with tf.device("/job:a/replica:1/task:2/device:CPU:0"):
        assert _device() == "/job:a/replica:1/task:2/device:CPU:0"


def test_what_is_colocated_is_on_the_same_device():
    with tf.device("/cpu:1"):
        a = tf.constant(1)
    with tf.device("/gpu:0"), tf.colocate_with(a):
        assert _device() == "/device:CPU:1"


def test_what_is_no_device_is_refused():
    with pytest.raises(ValueError, match=r"Unknown attribute.*nonsense"), tf.device("/nonsense:0"):
        _device()


def test_a_spec_reads_and_writes_its_text():
    assert tf.DeviceSpec(job="ps", task=1).to_string() == "/job:ps/task:1"
    assert tf.DeviceSpec.from_string("/job:ps/task:0/cpu:1").to_string() == "/job:ps/task:0/device:CPU:1"
    assert tf.DeviceSpec.from_string("/gpu:*").to_string() == "/device:GPU:*"
    assert tf.DeviceSpec().parse_from_string("/job:x/cpu:0").job == "x"
    assert tf.DeviceSpec(job="ps") == tf.DeviceSpec(job="ps")
