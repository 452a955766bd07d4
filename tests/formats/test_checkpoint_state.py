"""The `checkpoint` file of a folder."""

import os

import pytest

from undertow.formats.checkpoint_state import CheckpointState, read_checkpoint_state, write_checkpoint_state
from undertow.graph.errors import DataLossError, NotFoundError


def test_tensorflows_file_is_read_and_written_byte_for_byte(golden_bundle, tmp_path):
    state = read_checkpoint_state(golden_bundle.path / "checkpoint")
    assert state.model_checkpoint_path == "sharded"
    assert list(state.all_model_checkpoint_paths) == ["sharded"]
    write_checkpoint_state(tmp_path / "checkpoint", state)
    assert (tmp_path / "checkpoint").read_bytes() == (golden_bundle.path / "checkpoint").read_bytes()
    assert os.listdir(tmp_path) == ["checkpoint"]


def test_every_field_comes_back(tmp_path):
    state = CheckpointState(
        model_checkpoint_path='a "quoted"\\ü\n',
        all_model_checkpoint_paths=["old", "new"],
        all_model_checkpoint_timestamps=[1571400000.25, 1571400600.5],
        last_preserved_timestamp=1571400000.125,
    )
    write_checkpoint_state(tmp_path / "checkpoint", state)
    assert read_checkpoint_state(tmp_path / "checkpoint") == state


def test_an_empty_file_is_an_empty_state(tmp_path):
    (tmp_path / "checkpoint").write_bytes(b"")
    assert read_checkpoint_state(tmp_path / "checkpoint") == CheckpointState()


@pytest.mark.parametrize(
    "data",
    [b"\xff", b"unknown: 1", b"model_checkpoint_path: 3", b'model_checkpoint_path: "a', b"{" * 100_000, b"[a.b/c] {}"],
)
def test_another_text_is_a_data_loss_of_one_short_sentence(data, tmp_path):
    (tmp_path / "checkpoint").write_bytes(data)
    with pytest.raises(DataLossError, match=r"checkpoint: not a checkpoint state: ") as raised:
        read_checkpoint_state(tmp_path / "checkpoint")
    assert len(str(raised.value)) < 500


def test_a_missing_file_or_folder_is_not_found(tmp_path):
    with pytest.raises(NotFoundError, match=r"checkpoint; No such file or directory"):
        read_checkpoint_state(tmp_path / "checkpoint")
    with pytest.raises(NotFoundError, match=r"No such file or directory"):
        write_checkpoint_state(tmp_path / "nowhere" / "checkpoint", CheckpointState())


def test_its_messages_do_not_clash_with_another_programs_of_the_same_name():
    from google.protobuf import descriptor_pb2, descriptor_pool

    file = descriptor_pb2.FileDescriptorProto(name="tensorflow/checkpoint_state.proto", package="tensorflow")
    file.message_type.add(name="CheckpointState")
    descriptor_pool.Default().Add(file)  # what importing TensorFlow does
    assert CheckpointState(model_checkpoint_path="a").model_checkpoint_path == "a"
