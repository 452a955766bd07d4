"""Variables as safetensors and back, under TensorFlow's names."""

import ml_dtypes
import numpy as np
import pytest
import safetensors.numpy

import undertow as tf
from undertow.export import from_safetensors, to_safetensors
from undertow.formats.bundle import BundleReader, write_bundle


def test_a_checkpoint_goes_there_and_back_bit_for_bit(tmp_path):
    tensors = {
        "conv/kernel": np.random.default_rng(0).random((3, 3, 1, 4), dtype=np.float32),
        "step": np.int64(7),
        "half": np.array([1.5], np.float16),
        "brain": np.array([1.5, -2], ml_dtypes.bfloat16),
        "on": np.array([True, False]),
    }
    write_bundle(tmp_path / "ck", tensors)
    assert sorted(to_safetensors(str(tmp_path / "ck"), tmp_path / "w.safetensors")) == sorted(tensors)
    from_safetensors(tmp_path / "w.safetensors", tmp_path / "again")
    reader = BundleReader(tmp_path / "again")
    for name, wanted in tensors.items():
        found = reader.read(name)
        assert found.dtype == np.asarray(wanted).dtype and np.array_equal(found, wanted), name


@pytest.fixture
def session():
    with tf.Graph().as_default():
        tf.get_variable("a/w", initializer=[1.0, 2.0])
        tf.get_variable("b", initializer=3)
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            yield session


def test_a_sessions_variables_are_saved_and_assigned(session, tmp_path):
    path = tmp_path / "w.safetensors"
    to_safetensors(session, path)
    found = safetensors.numpy.load_file(path)
    assert found["a/w"].tolist() == [1.0, 2.0] and found["b"] == 3
    safetensors.numpy.save_file({"a/w": np.array([5, 6], np.float32), "b": np.array(7, np.int32)}, path)
    assert from_safetensors(path, session) == ["a/w", "b"]
    assert [v.tolist() for v in session.run(["a/w:0", "b:0"])] == [[5.0, 6.0], 7]


def test_a_file_that_does_not_fit_changes_no_variable(session, tmp_path):
    path = tmp_path / "w.safetensors"
    safetensors.numpy.save_file({"a/w": np.array([5, 6], np.float32)}, path)
    with pytest.raises(tf.errors.NotFoundError, match="the variable 'b' is not in it"):
        from_safetensors(path, session)
    safetensors.numpy.save_file({"a/w": np.array([5, 6], np.float32), "b": np.array([7], np.int32)}, path)
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"'b' is int32 \[1\] there, and int32 \(\) in the graph"):
        from_safetensors(path, session)
    assert session.run("a/w:0").tolist() == [1.0, 2.0]


def test_strings_and_broken_files_are_refused_by_name(tmp_path):
    write_bundle(tmp_path / "ck", {"words": np.array([b"a"], dtype=object)})
    with pytest.raises(tf.errors.UnimplementedError, match="'words' holds strings, which safetensors has not"):
        to_safetensors(str(tmp_path / "ck"), tmp_path / "w")
    (tmp_path / "w").write_bytes(b"\xff" * 20)
    with pytest.raises(tf.errors.DataLossError, match="w: no file of safetensors"):
        from_safetensors(tmp_path / "w", str(tmp_path / "again"))
    with pytest.raises(tf.errors.NotFoundError):
        from_safetensors(tmp_path / "none", str(tmp_path / "again"))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["ck.data-00000-of-00001", "ck.index", "w"]
