"""`tf.train.Saver` and the folder's `checkpoint` file."""

import os

import numpy as np
import pytest

import undertow as tf
from undertow.formats.bundle import BundleReader, write_bundle


@pytest.fixture(autouse=True)
def fresh_graph():
    with tf.Graph().as_default():
        yield


@pytest.fixture
def session():
    with tf.Session() as session:
        yield session


def _variables(session):
    w = tf.get_variable("w", initializer=tf.constant([1.0, 2.0, 3.0]))
    n = tf.get_variable("scope/n", initializer=tf.constant(7, tf.int64))
    session.run(tf.global_variables_initializer())
    return w, n


def test_what_is_saved_comes_back_in_another_graph_and_needs_no_initializer(session, tmp_path):
    _variables(session)
    path = tf.train.Saver().save(session, str(tmp_path / "model"))
    assert path == str(tmp_path / "model")
    with tf.Graph().as_default(), tf.Session() as other:
        w, n = tf.get_variable("w", [3]), tf.get_variable("scope/n", [], tf.int64)
        tf.train.Saver().restore(other, path)
        assert other.run(w).tolist() == [1.0, 2.0, 3.0]
        assert other.run(n) == 7


def test_every_dtype_goes_and_comes(session, tmp_path):
    values = {
        "float16": np.array([0.5], "float16"), "float64": np.array([[0.1]]), "int8": np.array([-3], "int8"),
        "bool": np.array([True, False]), "complex64": np.array([1 + 2j], "complex64"), "string": np.array([b"a", b""]),
    }  # fmt: skip
    variables = {name: tf.Variable(value, name=name) for name, value in values.items()}
    variables["bfloat16"] = tf.Variable(tf.cast([1.5], tf.bfloat16), name="bfloat16")
    session.run(tf.global_variables_initializer())
    saver = tf.train.Saver()
    path = saver.save(session, str(tmp_path / "model"))
    with tf.Session() as other:
        saver.restore(other, path)
        for name, variable in variables.items():
            np.testing.assert_array_equal(other.run(variable), session.run(variable), err_msg=name)


def test_the_nodes_are_tensorflows():
    tf.get_variable("b", [2])
    tf.get_variable("a", [])
    before = tf.get_default_graph().version
    saver = tf.train.Saver()
    nodes = {op.name: [t.name for t in op.inputs] for op in tf.get_default_graph().get_operations()[before:]}
    assert nodes == {
        "save/filename/input": [],
        "save/filename": ["save/filename/input:0"],
        "save/Const": ["save/filename:0"],
        "save/SaveV2/tensor_names": [],
        "save/SaveV2/shape_and_slices": [],
        "save/SaveV2": [
            "save/Const:0", "save/SaveV2/tensor_names:0", "save/SaveV2/shape_and_slices:0", "a:0", "b:0",
        ],
        "save/control_dependency": ["save/Const:0"],
        "save/RestoreV2/tensor_names": [],
        "save/RestoreV2/shape_and_slices": [],
        "save/RestoreV2": ["save/Const:0", "save/RestoreV2/tensor_names:0", "save/RestoreV2/shape_and_slices:0"],
        "save/Assign": ["a:0", "save/RestoreV2:0"],
        "save/Assign_1": ["b:0", "save/RestoreV2:1"],
        "save/restore_all": [],
    }  # fmt: skip
    definition = saver.as_saver_def()
    assert definition.filename_tensor_name == "save/Const:0"
    assert definition.save_tensor_name == "save/control_dependency:0"
    assert definition.restore_op_name == "save/restore_all"
    assert definition.version == tf.train.SaverDef.V2


def test_a_dict_gives_variables_other_names_in_the_checkpoint(session, tmp_path):
    w, _ = _variables(session)
    path = tf.train.Saver({"weights": w}).save(session, str(tmp_path / "model"))
    assert BundleReader(path).keys() == ["weights"]


def test_a_part_of_a_checkpoint_can_be_restored(session, tmp_path):
    write_bundle(tmp_path / "model", {"w": np.array([4.0, 5.0, 6.0], "float32"), "other": np.zeros(2)})
    w, _ = _variables(session)
    tf.train.Saver([w]).restore(session, str(tmp_path / "model"))
    assert session.run(w).tolist() == [4.0, 5.0, 6.0]


def test_only_the_newest_are_kept(session, tmp_path):
    _variables(session)
    saver = tf.train.Saver(max_to_keep=2)
    for step in range(4):
        saver.save(session, str(tmp_path / "m"), global_step=step)
    kept = [str(tmp_path / f"m-{step}") for step in (2, 3)]
    assert saver.last_checkpoints == kept
    files = [f"m-{s}.{end}" for s in (2, 3) for end in ("data-00000-of-00001", "index", "meta")]
    assert sorted(os.listdir(tmp_path)) == ["checkpoint", *files]
    state = tf.train.get_checkpoint_state(str(tmp_path))
    assert state.model_checkpoint_path == kept[1] == tf.train.latest_checkpoint(str(tmp_path))
    assert list(state.all_model_checkpoint_paths) == kept


def test_every_few_hours_one_more_is_kept(session, tmp_path):
    _variables(session)
    saver = tf.train.Saver(max_to_keep=1, keep_checkpoint_every_n_hours=-1.0)  # every hour but one ago: each of them
    for step in range(3):
        saver.save(session, str(tmp_path / "m"), global_step=step, write_meta_graph=False)
    assert all(tf.train.checkpoint_exists(str(tmp_path / f"m-{step}")) for step in range(3))


def test_a_step_may_be_a_variable_and_be_padded(session, tmp_path):
    _, n = _variables(session)
    assert tf.train.Saver().save(session, str(tmp_path / "m"), global_step=n).endswith("m-7")
    assert tf.train.Saver(pad_step_number=True).save(session, str(tmp_path / "m"), n).endswith("m-00000007")


def test_a_relative_folder_has_relative_paths_and_can_be_moved(session, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    os.mkdir("run")
    _variables(session)
    tf.train.Saver().save(session, "run/m", global_step=1)
    assert (tmp_path / "run" / "checkpoint").read_text() == (
        'model_checkpoint_path: "m-1"\nall_model_checkpoint_paths: "m-1"\n'
    )
    os.rename("run", "moved")
    assert tf.train.latest_checkpoint("moved") == "moved/m-1"


def test_save_relative_paths_leaves_the_folder_out(session, tmp_path):
    _variables(session)
    tf.train.Saver(save_relative_paths=True).save(session, str(tmp_path / "m"))
    assert 'model_checkpoint_path: "m"' in (tmp_path / "checkpoint").read_text()
    assert tf.train.latest_checkpoint(str(tmp_path)) == str(tmp_path / "m")


def test_the_meta_graph_names_the_saver_and_the_variables(session, tmp_path):
    from tensorboard.compat.proto.meta_graph_pb2 import MetaGraphDef
    from tensorboard.compat.proto.variable_pb2 import VariableDef

    _variables(session)
    saver = tf.train.Saver()
    path = saver.save(session, str(tmp_path / "m"))
    meta = MetaGraphDef.FromString((tmp_path / "m.meta").read_bytes())
    assert meta.saver_def == saver.saver_def
    assert {n.name for n in meta.graph_def.node} == {op.name for op in tf.get_default_graph().get_operations()}
    variables = [VariableDef.FromString(v) for v in meta.collection_def["variables"].bytes_list.value]
    assert [v.variable_name for v in variables] == ["w:0", "scope/n:0"]
    assert path == str(tmp_path / "m")


def test_a_variable_in_parts_is_one_tensor_of_the_checkpoint(session, tmp_path):
    whole = np.arange(10, dtype="float32").reshape(5, 2)
    parted = tf.get_variable("w", initializer=tf.constant(whole), partitioner=tf.fixed_size_partitioner(2))
    session.run(tf.global_variables_initializer())
    path = tf.train.Saver().save(session, str(tmp_path / "m"))
    reader = BundleReader(path)
    assert reader.keys() == ["w"]
    np.testing.assert_array_equal(reader.read("w"), whole)
    with tf.Graph().as_default(), tf.Session() as other:
        w = tf.get_variable("w", [5, 2])
        tf.train.Saver().restore(other, path)
        np.testing.assert_array_equal(other.run(w), whole)
    assert len(list(parted)) == 2


def test_a_sharded_saver_makes_one_checkpoint_of_a_file_for_each_device(session, tmp_path):
    with tf.device("/cpu:0"):
        w = tf.get_variable("w", initializer=tf.constant([1.0, 2.0]))
    x = tf.get_variable("x", initializer=tf.constant([3.0]))
    session.run(tf.global_variables_initializer())
    saver = tf.train.Saver(sharded=True)
    path = saver.save(session, str(tmp_path / "m"))
    assert sorted(os.listdir(tmp_path)) == [
        "checkpoint", "m.data-00000-of-00002", "m.data-00001-of-00002", "m.index", "m.meta",
    ]  # fmt: skip
    session.run([tf.assign(w, [0.0, 0.0]), tf.assign(x, [0.0])])
    saver.restore(session, path)
    assert [v.tolist() for v in session.run([w, x])] == [[1.0, 2.0], [3.0]]


def test_reshape_takes_a_variable_of_another_shape(session, tmp_path):
    write_bundle(tmp_path / "m", {"w": np.array([1.0, 2.0, 3.0, 4.0], "float32")})
    w = tf.get_variable("w", [2, 2])
    tf.train.Saver(reshape=True).restore(session, str(tmp_path / "m"))
    assert session.run(w).tolist() == [[1.0, 2.0], [3.0, 4.0]]


def test_a_variable_that_is_not_in_the_checkpoint_is_named(session, tmp_path):
    write_bundle(tmp_path / "m", {"w": np.zeros(3, "float32")})
    tf.get_variable("w", [3])
    tf.get_variable("q", [3])
    message = r"missing from the checkpoint\.(.|\n)*Key q not found in checkpoint"
    with pytest.raises(tf.errors.NotFoundError, match=message):
        tf.train.Saver().restore(session, str(tmp_path / "m"))


@pytest.mark.parametrize(
    ("shape", "dtype", "message"),
    [
        ([4], "float32", r"Assign requires shapes of both tensors to match. lhs shape= \[4\] rhs shape= \[3\]"),
        ([3], "float64", "tensor_name = w; expected dtype double does not equal original dtype float"),
    ],
)
def test_a_variable_that_does_not_fit_is_refused(session, tmp_path, shape, dtype, message):
    write_bundle(tmp_path / "m", {"w": np.zeros(3, "float32")})
    tf.get_variable("w", shape, dtype)
    with pytest.raises(tf.errors.InvalidArgumentError, match=f"a mismatch between the current graph(.|\n)*{message}"):
        tf.train.Saver().restore(session, str(tmp_path / "m"))


def test_an_uninitialized_variable_cannot_be_saved_and_nothing_is_written(session, tmp_path):
    tf.get_variable("w", [3])
    with pytest.raises(tf.errors.FailedPreconditionError, match="Attempting to use uninitialized value w"):
        tf.train.Saver().save(session, str(tmp_path / "m"))
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize(
    ("save", "error", "message"),
    [
        (lambda s, f: s.save(None, f"{f}/m"), TypeError, "'sess' must be a Session; None"),
        (lambda s, f: s.save(tf.Session(), None), TypeError, "Expected binary or unicode string, got None"),
        (lambda s, f: s.save(tf.Session(), f"{f}/m", latest_filename="a/b"), ValueError, "must not contain path"),
        (lambda s, f: s.save(tf.Session(), f"{f}/checkpoint"), ValueError, "'latest_filename' collides with"),
        (lambda s, f: s.restore(tf.Session(), None), ValueError, "Can't load save_path when it is None"),
        (lambda s, f: s.restore(tf.Session(), f"{f}/m"), ValueError, "The passed save_path is not a valid checkpoint"),
    ],
)
def test_a_bad_path_or_session_is_refused(tmp_path, save, error, message):
    tf.get_variable("w", [3])
    with pytest.raises(error, match=message):
        save(tf.train.Saver(), tmp_path)


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda w: tf.train.Saver([]), ValueError, "No variables to save"),
        (lambda w: tf.train.Saver([w, w]), ValueError, "At least two variables have the same name: w"),
        (lambda w: tf.train.Saver({"a": w, "b": w}), ValueError, "restored with two names"),
        (lambda w: tf.train.Saver({"a": 3}), TypeError, "Not a variable: 3"),
        (lambda w: tf.train.Saver([w], defer_build=True), ValueError, "build cannot be deferred"),
    ],
)
def test_what_cannot_be_saved_is_refused(make, error, message):
    with pytest.raises(error, match=message):
        make(tf.get_variable("w", [3]))


def test_a_saver_of_either_format_restores_the_other(session, tmp_path):
    w = tf.get_variable("w", initializer=[1.0, 2.0])
    savers = [tf.train.Saver([w], write_version=v) for v in (tf.train.SaverDef.V1, tf.train.SaverDef.V2)]
    session.run(w.initializer)
    for saver, other in (savers, savers[::-1]):
        path = saver.save(session, str(tmp_path / "m"))
        session.run(w.assign([0.0, 0.0]))
        other.restore(session, path)
        assert session.run(w).tolist() == [1.0, 2.0]


def test_an_empty_saver_saves_nothing(session, tmp_path):
    saver = tf.train.Saver(allow_empty=True)
    assert saver.save(session, str(tmp_path / "m"), write_meta_graph=False) is None
    saver.restore(session, str(tmp_path / "m"))
    assert os.listdir(tmp_path) == []


def test_a_deferred_saver_is_built_later(session, tmp_path):
    saver = tf.train.Saver(defer_build=True)
    with pytest.raises(RuntimeError, match=r"`build\(\)` should be called before save"):
        saver.save(session, str(tmp_path / "m"))
    _variables(session)
    saver.build()
    assert saver.save(session, str(tmp_path / "m")) == str(tmp_path / "m")


def test_a_finished_graph_can_still_be_saved(session, tmp_path):
    _variables(session)
    saver = tf.train.Saver()
    tf.get_default_graph().finalize()
    assert saver.save(session, str(tmp_path / "m")) == str(tmp_path / "m")


def test_an_older_savers_checkpoints_are_taken_over(session, tmp_path):
    _variables(session)
    paths = [tf.train.Saver().save(session, str(tmp_path / "m"), global_step=i) for i in range(2)]
    saver = tf.train.Saver(max_to_keep=2)
    saver.recover_last_checkpoints([*paths, str(tmp_path / "gone")])
    assert saver.last_checkpoints == paths
    saver.save(session, str(tmp_path / "m"), global_step=2)
    assert not tf.train.checkpoint_exists(paths[0])


def test_a_folder_without_a_checkpoint_has_no_state(tmp_path):
    assert tf.train.get_checkpoint_state(str(tmp_path)) is None
    assert tf.train.latest_checkpoint(str(tmp_path)) is None
    (tmp_path / "checkpoint").write_text("what is this")
    assert tf.train.get_checkpoint_state(str(tmp_path)) is None
    tf.train.update_checkpoint_state(str(tmp_path), str(tmp_path / "gone"))
    assert tf.train.latest_checkpoint(str(tmp_path)) is None


def test_a_checkpoint_can_be_looked_into(tmp_path):
    weights = np.array([[1.0, 2.0]], "float32")
    write_bundle(tmp_path / "m", {"b/w": weights, "a": np.array(3, "int64"), "s": np.array([b"x"], object)})
    reader = tf.train.NewCheckpointReader(str(tmp_path / "m"))
    assert reader.get_variable_to_shape_map() == {"a": [], "b/w": [1, 2], "s": [1]}
    assert reader.get_variable_to_dtype_map() == {"a": tf.int64, "b/w": tf.float32, "s": tf.string}
    assert reader.debug_string() == b"a (DT_INT64) []\nb/w (DT_FLOAT) [1,2]\ns (DT_STRING) [1]\n"
    assert (reader.has_tensor("a"), reader.has_tensor("q")) == (True, False)
    np.testing.assert_array_equal(reader.get_tensor("b/w"), weights)
    with pytest.raises(tf.errors.NotFoundError, match="Key q not found in checkpoint"):
        reader.get_tensor("q")
    assert tf.train.list_variables(str(tmp_path / "m")) == [("a", []), ("b/w", [1, 2]), ("s", [1])]
    assert tf.train.load_variable(str(tmp_path / "m"), "a:0") == 3
    with pytest.raises(ValueError, match="Couldn't find 'checkpoint' file"):
        tf.train.load_checkpoint(str(tmp_path))


def test_variables_can_start_from_a_checkpoint(session, tmp_path):
    write_bundle(tmp_path / "m", {"old/w": np.array([1.0, 2.0], "float32"), "x": np.arange(4.0, dtype="float32")})
    with tf.variable_scope("new"):
        w = tf.get_variable("w", [2])
    x = tf.get_variable("y", [4])
    parts = tf.get_variable("parts", [4], partitioner=tf.fixed_size_partitioner(2))
    tf.train.init_from_checkpoint(str(tmp_path / "m"), {"old/": "new/", "x": x})
    tf.train.init_from_checkpoint(str(tmp_path / "m"), {"x": parts})
    session.run(tf.global_variables_initializer())
    assert session.run(w).tolist() == [1.0, 2.0]
    assert session.run(x).tolist() == [0.0, 1.0, 2.0, 3.0]
    assert session.run(tf.convert_to_tensor(parts)).tolist() == [0.0, 1.0, 2.0, 3.0]


@pytest.mark.parametrize(
    ("assignment", "message"),
    [
        ({"q": "w"}, "Tensor q is not found in"),
        ({"x": "w"}, r"Shape of variable w:0 \(\(2,\)\) doesn't match with shape of tensor x \(\[4\]\)"),
        ({"x": "nowhere"}, "no variable 'nowhere'"),
        ({"/": "/"}, r"Tensor w \(w in /\) is not found"),
        ({"x": "scope/"}, "should map to scope only"),
    ],
)
def test_a_start_that_does_not_fit_is_refused(tmp_path, assignment, message):
    write_bundle(tmp_path / "m", {"x": np.zeros(4, "float32")})
    tf.get_variable("w", [2])
    with pytest.raises(ValueError, match=message):
        tf.train.init_from_checkpoint(str(tmp_path / "m"), assignment)


def test_a_v1_checkpoint_is_one_file_that_the_state_names(session, tmp_path):
    w, n = _variables(session)
    saver = tf.train.Saver(write_version=tf.train.SaverDef.V1, max_to_keep=1)
    assert saver.as_saver_def().version == tf.train.SaverDef.V1
    paths = [saver.save(session, str(tmp_path / "model"), global_step=i) for i in (1, 2)]
    assert sorted(os.listdir(tmp_path)) == ["checkpoint", "model-2", "model-2.meta"]
    assert tf.train.latest_checkpoint(tmp_path) == paths[1]
    assert tf.train.list_variables(str(tmp_path)) == [("scope/n", []), ("w", [3])]
    session.run([w.assign([0.0, 0.0, 0.0]), n.assign(0)])
    tf.train.Saver().restore(session, paths[1])
    assert (session.run(w).tolist(), session.run(n)) == ([1.0, 2.0, 3.0], 7)


def test_a_sharded_v1_checkpoint_is_named_by_a_pattern(session, tmp_path):
    with tf.device("/cpu:0"):
        a = tf.get_variable("a", initializer=[1.0])
    with tf.device("/job:localhost/task:0/cpu:0"):
        b = tf.get_variable("b", initializer=[2.0])
    session.run(tf.global_variables_initializer())
    saver = tf.train.Saver(write_version=tf.train.SaverDef.V1, sharded=True)
    path = saver.save(session, str(tmp_path / "model"), global_step=3)
    assert path == str(tmp_path / "model-3-?????-of-00002")
    files = ["checkpoint", "model-3-00000-of-00002", "model-3-00001-of-00002", "model-3.meta"]
    assert sorted(os.listdir(tmp_path)) == files
    session.run([a.assign([0.0]), b.assign([0.0])])
    saver.restore(session, path)
    assert [v.tolist() for v in session.run([a, b])] == [[1.0], [2.0]]
    types = [op.type for op in tf.get_default_graph().get_operations()]
    assert (types.count("SaveSlices"), types.count("ShardedFilespec"), types.count("MergeV2Checkpoints")) == (2, 1, 0)


def test_the_first_ops_of_savers_still_save_and_restore(session, tmp_path):
    path = str(tmp_path / "old")
    session.run(tf.raw_ops.Save(filename=path, tensor_names=["a", "b"], data=[[1.0, 2.0], 3]))
    whole = tf.raw_ops.Restore(file_pattern=path, tensor_name="a", dt=tf.float32)
    part = tf.raw_ops.RestoreSlice(file_pattern=path, tensor_name="a", shape_and_slice="2 1,1", dt=tf.float32)
    assert [v.tolist() for v in session.run([whole, part])] == [[1.0, 2.0], [2.0]]
    with pytest.raises(tf.errors.InvalidArgumentError, match="does not equal original dtype"):
        session.run(tf.raw_ops.Restore(file_pattern=path, tensor_name="b", dt=tf.float32))


def test_the_folder_of_a_checkpoint_is_made(tmp_path):
    with tf.Graph().as_default():
        tf.get_variable("v", initializer=1.0)
        with tf.Session() as s:
            s.run(tf.global_variables_initializer())
            path = tf.train.Saver().save(s, str(tmp_path / "new" / "deep" / "m"))
    assert tf.train.latest_checkpoint(str(tmp_path / "new" / "deep")) == path


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (3, "passed in a dict or a list: 3"),
        ([3], "Variable to save is not a Variable: 3"),
        ({3: None}, "not a string: 3"),
    ],
)
def test_what_cannot_be_saved_is_named(given, sentence):
    with tf.Graph().as_default(), pytest.raises(TypeError, match=sentence):
        tf.train.Saver(given)
