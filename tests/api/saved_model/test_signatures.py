"""`tf.saved_model.signature_def_utils` and `utils`: tensors as signatures, and back."""

import pytest

import undertow as tf
from undertow.api.saved_model import signature_def_utils

sm = tf.saved_model


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


@pytest.fixture
def text():
    return tf.placeholder(tf.string, name="text")


@pytest.fixture
def number():
    return tf.placeholder(tf.float32, [None, 3], name="number")


def names(infos):
    return {key: info.name for key, info in infos.items()}


def test_a_tensor_info_is_a_tensors_name_dtype_and_shape(number, text):
    info = sm.build_tensor_info(number)
    assert (info.name, info.dtype, [dim.size for dim in info.tensor_shape.dim]) == ("number:0", 1, [-1, 3])
    assert sm.build_tensor_info(text).tensor_shape.unknown_rank
    assert sm.get_tensor_from_tensor_info(info) is number


def test_a_sparse_tensors_info_has_the_names_of_its_three_tensors():
    sparse = tf.sparse_placeholder(tf.float32, [None, 4], name="sp")
    info = sm.build_tensor_info(sparse)
    assert info.coo_sparse.values_tensor_name == "sp/values:0"
    assert info.coo_sparse.indices_tensor_name == "sp/indices:0"
    assert info.coo_sparse.dense_shape_tensor_name == "sp/shape:0"
    found = sm.get_tensor_from_tensor_info(info)
    assert isinstance(found, tf.SparseTensor)
    assert found.values is sparse.values


def test_a_tensor_info_of_nothing_here_is_refused():
    with pytest.raises(ValueError, match=r"Invalid TensorInfo.encoding: None"):
        sm.get_tensor_from_tensor_info(tf.TensorInfo())
    with pytest.raises(KeyError, match="'q:0' refers to a Tensor which does not exist"):
        sm.get_tensor_from_tensor_info(tf.TensorInfo(name="q:0"))


def test_predict_classify_and_regress_have_the_keys_that_servers_look_for(text, number):
    predict = sm.predict_signature_def({"a": number}, {"b": text})
    assert (predict.method_name, names(predict.inputs), names(predict.outputs)) == (
        "tensorflow/serving/predict", {"a": "number:0"}, {"b": "text:0"},
    )  # fmt: skip
    classify = sm.classification_signature_def(text, text, number)
    assert (classify.method_name, names(classify.inputs), names(classify.outputs)) == (
        "tensorflow/serving/classify", {"inputs": "text:0"}, {"classes": "text:0", "scores": "number:0"},
    )  # fmt: skip
    assert names(sm.classification_signature_def(text, None, number).outputs) == {"scores": "number:0"}
    regress = sm.regression_signature_def(text, number)
    assert (regress.method_name, names(regress.inputs), names(regress.outputs)) == (
        "tensorflow/serving/regress", {"inputs": "text:0"}, {"outputs": "number:0"},
    )  # fmt: skip


def test_what_does_not_suit_a_method_is_refused(text, number):
    for function, args, says in (
        (sm.predict_signature_def, ({}, {"y": number}), "Prediction inputs cannot be None or empty."),
        (sm.predict_signature_def, ({"x": number}, None), "Prediction outputs cannot be None or empty."),
        (sm.classification_signature_def, (None, text, None), "Classification examples cannot be None."),
        (sm.classification_signature_def, (text, None, None), "classes and scores cannot both be None."),
        (sm.classification_signature_def, (number, text, None), "Classification examples must be a string Tensor."),
        (sm.classification_signature_def, (text, number, None), "Classification classes must be a string Tensor."),
        (sm.classification_signature_def, (text, None, text), "Classification scores must be a float Tensor."),
        (sm.regression_signature_def, (None, number), "Regression examples cannot be None."),
        (sm.regression_signature_def, (text, None), "Regression predictions cannot be None."),
        (sm.regression_signature_def, (number, number), "Regression examples must be a string Tensor."),
        (sm.regression_signature_def, (text, text), "Regression output must be a float Tensor."),
    ):
        with pytest.raises(ValueError, match=says):
            function(*args)


def test_only_what_a_server_can_serve_is_valid(text, number):
    info = sm.build_tensor_info
    assert sm.is_valid_signature(sm.predict_signature_def({"x": number}, {"y": number}))
    assert sm.is_valid_signature(sm.classification_signature_def(text, text, number))
    assert sm.is_valid_signature(sm.regression_signature_def(text, number))
    for inputs, outputs, method in (
        ({}, {}, ""),
        ({"x": info(number)}, {}, sm.PREDICT_METHOD_NAME),
        ({"x": info(text)}, {"outputs": info(number)}, sm.REGRESS_METHOD_NAME),
        ({"inputs": info(number)}, {"outputs": info(number)}, sm.REGRESS_METHOD_NAME),
        ({"inputs": info(text)}, {"scores": info(number), "more": info(number)}, sm.CLASSIFY_METHOD_NAME),
    ):
        assert not sm.is_valid_signature(sm.build_signature_def(inputs, outputs, method))
    assert not sm.is_valid_signature(None)


def test_an_op_may_be_named_by_a_signature(graph):
    op = tf.no_op(name="begin")
    signature = signature_def_utils.op_signature_def(op, "init")
    assert signature_def_utils.load_op_from_signature_def(signature, "init") is op
    with pytest.raises(tf.errors.NotFoundError, match="absent could not be found in the graph"):
        signature_def_utils.load_op_from_signature_def(signature, "absent")
