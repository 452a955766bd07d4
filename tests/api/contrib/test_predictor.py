"""tf.contrib.predictor: saved and trained models as functions."""

import pytest

import undertow as tf

predictor = tf.contrib.predictor


@pytest.fixture
def model(tmp_path):
    folder = str(tmp_path / "model")
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float32, [None], name="x")
        scale = tf.get_variable("scale", initializer=2.0)
        tf.add(x, 1.0, name="z")
        session.run(scale.initializer)
        tf.saved_model.simple_save(session, folder, {"x": x}, {"y": x * scale})
    return folder


def test_a_saved_model_gives_its_default_signatures_outputs_by_name(model):
    predict = predictor.from_saved_model(model)
    assert {name: value.tolist() for name, value in predict({"x": [1, 2]}).items()} == {"y": [2, 4]}
    assert predict.feed_tensors["x"].name == "x:0"
    assert list(predict.fetch_tensors) == ["y"]
    assert predict.session.graph is predict.graph


def test_tensors_may_be_named_in_place_of_a_signature(model):
    predict = predictor.from_saved_model(model, input_names={"a": "x:0"}, output_names={"b": "z:0"}, tags="serve")
    assert predict({"a": [1]})["b"].tolist() == [2]


def test_what_the_model_does_not_have_is_refused(model):
    with pytest.raises(ValueError, match=r"unexpected keys in input_dict: \{'q'\}\nexpected: \{'x'\}"):
        predictor.from_saved_model(model)({"x": [1], "q": 1})
    with pytest.raises(ValueError, match=r"no signature 'other', but \['serving_default'\]"):
        predictor.from_saved_model(model, "other")
    with pytest.raises(ValueError, match="must both be specified or both be unspecified"):
        predictor.from_saved_model(model, input_names={"a": "x:0"})
    with pytest.raises(ValueError, match="at most one of signature_def_key"):
        predictor.from_saved_model(model, "serving_default", input_names={}, output_names={})


def test_an_estimator_predicts_with_its_newest_weights(tmp_path):
    def model_fn(features, labels, mode):
        scale = tf.get_variable("scale", initializer=1.0)
        made = features["x"] * scale
        if mode == tf.estimator.ModeKeys.PREDICT:
            outputs = {"serving_default": tf.estimator.export.PredictOutput(made)}
            outputs["twice"] = tf.estimator.export.PredictOutput({"t": made * 2})
            return tf.estimator.EstimatorSpec(mode, {"y": made}, export_outputs=outputs)
        step = tf.group(tf.assign_add(tf.train.get_global_step(), 1), tf.assign_add(scale, 1.0))
        return tf.estimator.EstimatorSpec(mode, loss=tf.reduce_sum(made), train_op=step)

    def receiver():
        x = tf.placeholder(tf.float32, [None])
        return tf.estimator.export.ServingInputReceiver({"x": x}, {"x": x})

    estimator = tf.estimator.Estimator(model_fn, str(tmp_path))
    estimator.train(lambda: tf.data.Dataset.from_tensors(({"x": [1.0]}, [1])).repeat(), steps=2)
    assert predictor.from_estimator(estimator, receiver)({"x": [5]})["output"].tolist() == [15]
    assert predictor.from_estimator(estimator, receiver, "twice")({"x": [5]})["t"].tolist() == [30]
    with pytest.raises(KeyError, match="output_key must be one of"):
        predictor.from_estimator(estimator, receiver, "no")
    with pytest.raises(TypeError, match=r"of type tf\.estimator\.Estimator, got int"):
        predictor.from_estimator(3, receiver)
