"""The protocol buffers that are names of `tf`."""

import subprocess
import sys

import pytest

import undertow as tf
from undertow.api import protos

PUBLIC = (
    "AttrValue ConfigProto Event GPUOptions GraphDef GraphOptions HistogramProto LogMessage MetaGraphDef NameAttrList "
    "NodeDef OptimizerOptions RunMetadata RunOptions SessionLog Summary SummaryMetadata TensorInfo"
).split()


@pytest.mark.parametrize("name", PUBLIC)
def test_tf_has_the_message(name):
    assert getattr(tf, name).DESCRIPTOR.name == name


def test_every_name_of_the_table_is_a_message():
    assert all(getattr(protos, name).DESCRIPTOR.name == name for name in protos._WHERE)


def test_a_config_is_made_and_changed_as_programs_do_it():
    config = tf.ConfigProto(allow_soft_placement=True, gpu_options=tf.GPUOptions(per_process_gpu_memory_fraction=0.25))
    config.gpu_options.allow_growth = True
    config.graph_options.optimizer_options.global_jit_level = tf.OptimizerOptions.ON_1
    config.device_count["GPU"] = 0
    assert config.gpu_options.per_process_gpu_memory_fraction == 0.25
    assert tf.RunOptions(trace_level=tf.RunOptions.FULL_TRACE).trace_level == 3


def test_a_message_is_loaded_only_when_it_is_used():
    code = "import sys, undertow as tf; assert 'google.protobuf' not in sys.modules; tf.ConfigProto; print('fine')"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "fine\n"


def test_an_example_is_the_bytes_that_tensorflow_writes():
    example = tf.train.Example(
        features=tf.train.Features(
            feature={
                "b": tf.train.Feature(bytes_list=tf.train.BytesList(value=[b"hi"])),
            }
        )
    )
    # Example.features = 1, Features.feature = 1, a map entry of key = 1 and value = 2, Feature.bytes_list = 1.
    assert example.SerializeToString() == b"\x0a\x0d\x0a\x0b\x0a\x01b\x12\x06\x0a\x04\x0a\x02hi"


def test_numbers_of_a_feature_are_packed():
    assert tf.train.Int64List(value=[1, 300]).SerializeToString() == b"\x0a\x03\x01\xac\x02"
    assert tf.train.FloatList(value=[1.0]).SerializeToString() == b"\x0a\x04\x00\x00\x80\x3f"


def test_a_feature_is_of_one_kind():
    feature = tf.train.Feature(int64_list=tf.train.Int64List(value=[1]))
    feature.float_list.value.append(2.0)
    assert feature.WhichOneof("kind") == "float_list"
    assert not feature.int64_list.value


def test_a_sequence_example_comes_back():
    sequence = tf.train.SequenceExample()
    sequence.context.feature["length"].int64_list.value.append(2)
    for word in (b"a", b"b"):
        sequence.feature_lists.feature_list["words"].feature.add().bytes_list.value.append(word)
    back = tf.train.SequenceExample.FromString(sequence.SerializeToString())
    assert back == sequence
    assert [f.bytes_list.value[0] for f in back.feature_lists.feature_list["words"].feature] == [b"a", b"b"]
