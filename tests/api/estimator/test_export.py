"""tf.estimator.export and the exporters: an estimator's model as a SavedModel. What is expected is what 1.15.5 did."""

import os
from pathlib import Path

import pytest

import undertow as tf
from undertow.formats.saved_model import read_saved_model

export = tf.estimator.export


def model(outputs):
    """A model function, y = softmax(x @ ones), whose step adds 1 to the weights; `outputs` makes its export_outputs."""

    def model_fn(features, labels, mode):
        logits = tf.layers.dense(features["x"], 2, name="d", kernel_initializer=tf.ones_initializer())
        made = tf.nn.softmax(logits)
        if mode == tf.estimator.ModeKeys.PREDICT:
            return tf.estimator.EstimatorSpec(mode, {"p": made, "l": logits}, export_outputs=outputs(made, logits))
        steps = [
            tf.assign_add(tf.train.get_global_step(), 1),
            tf.assign_add(tf.trainable_variables()[0], [[1.0] * 2] * 2),
        ]
        return tf.estimator.EstimatorSpec(mode, loss=tf.reduce_sum(logits), train_op=tf.group(*steps))

    return model_fn


def inputs():
    return tf.data.Dataset.from_tensors(({"x": [[1.0, 2.0]]}, [1])).repeat(4)


def receiver():
    x = tf.placeholder(tf.float32, [None, 2], name="in")
    return export.ServingInputReceiver({"x": x}, {"x": x})


def examples():
    return export.build_parsing_serving_input_receiver_fn({"x": tf.FixedLenFeature([2], tf.float32)})()


@pytest.fixture
def trained(tmp_path):
    """Trained estimators of one folder by what their export_outputs are."""
    folder = str(tmp_path / "model")
    tf.estimator.Estimator(model(lambda *_: None), folder).train(inputs, steps=2)
    return lambda outputs: tf.estimator.Estimator(model(outputs), folder)


def signatures(folder):
    (meta,) = read_saved_model(os.fsdecode(folder)).meta_graphs
    return {
        key: (s.method_name.rpartition("/")[2], {k: v.name for k, v in s.inputs.items()}, sorted(s.outputs))
        for key, s in meta.signature_def.items()
    }


class TestExportSavedModel:
    def test_gives_a_folder_named_after_the_time_that_holds_the_trained_model(self, trained, tmp_path):
        (tmp_path / "note.txt").write_text("hi")
        estimator = trained(lambda p, q: None)
        folder = estimator.export_saved_model(
            str(tmp_path / "out"), receiver, assets_extra={"sub/note.txt": str(tmp_path / "note.txt")}
        )
        assert isinstance(folder, bytes)
        assert os.listdir(tmp_path / "out") == [os.fsdecode(os.path.basename(folder))]
        assert os.path.basename(folder).isdigit()
        assert Path(os.fsdecode(folder), "assets.extra", "sub", "note.txt").read_text() == "hi"
        assert signatures(folder) == {"serving_default": ("predict", {"x": "in:0"}, ["l", "p"])}
        with tf.Graph().as_default(), tf.Session() as session:
            tf.saved_model.load(session, ["serve"], os.fsdecode(folder))
            # two steps made the ones threes: [1, 2] @ 3s
            assert session.run("d/BiasAdd:0", {"in:0": [[1, 2]]}).tolist() == [[9, 9]]

    def test_two_in_one_second_have_folders_of_their_own(self, trained, tmp_path):
        folders = {trained(lambda p, q: None).export_savedmodel(str(tmp_path), receiver) for _ in range(2)}
        assert len(folders) == 2

    @pytest.mark.parametrize(
        "outputs, served, expected",
        [
            (
                lambda p, q: {"only": export.PredictOutput(p)},
                receiver,
                dict.fromkeys(["only", "serving_default"], ("predict", {"x": "in:0"}, ["output"])),
            ),
            (
                lambda p, q: {
                    "serving_default": export.PredictOutput(p),
                    "c": export.ClassificationOutput(p, tf.as_string(q)),
                    "r": export.RegressionOutput(p[:, 0]),
                },
                examples,
                {
                    "serving_default": ("predict", {"examples": "input_example_tensor:0"}, ["output"]),
                    "c": ("classify", {"inputs": "input_example_tensor:0"}, ["classes", "scores"]),
                    "r": ("regress", {"inputs": "input_example_tensor:0"}, ["outputs"]),
                },
            ),
            (  # what classifies takes Examples, and so is not served from numbers
                lambda p, q: {"serving_default": export.PredictOutput(p), "c": export.ClassificationOutput(p)},
                receiver,
                {"serving_default": ("predict", {"x": "in:0"}, ["output"])},
            ),
        ],
    )
    def test_there_is_a_signature_for_each_output_that_suits_the_inputs(
        self, trained, tmp_path, outputs, served, expected
    ):
        assert signatures(trained(outputs).export_saved_model(str(tmp_path), served)) == expected

    def test_alternative_inputs_have_signatures_of_their_own(self, trained, tmp_path):
        def several():
            x = tf.placeholder(tf.float32, [None, 2], name="in")
            return export.ServingInputReceiver({"x": x}, x, {"other": {"k": x}})

        found = signatures(
            trained(lambda p, q: {"a": export.PredictOutput(p)}).export_saved_model(str(tmp_path), several)
        )
        assert found["other:a"] == ("predict", {"k": "in:0"}, ["output"])
        assert found["serving_default"] == ("predict", {"input": "in:0"}, ["output"])

    @pytest.mark.parametrize(
        "outputs, kind, says",
        [
            (lambda p, q: {"a": p}, TypeError, "must be ExportOutput objects"),
            (lambda p, q: 3, TypeError, "export_outputs must be dict"),
            (lambda p, q: {k: export.PredictOutput(p) for k in "ab"}, ValueError, "none of them is specified as the d"),
        ],
    )
    def test_outputs_that_do_not_say_what_is_served_are_refused(self, trained, tmp_path, outputs, kind, says):
        with pytest.raises(kind, match=says):
            trained(outputs).export_saved_model(str(tmp_path / "out"), receiver)
        assert not (tmp_path / "out").exists()

    def test_needs_inputs_and_weights(self, trained, tmp_path):
        with pytest.raises(ValueError, match="An input_receiver_fn must be defined"):
            trained(lambda p, q: None).export_saved_model(str(tmp_path), None)
        with pytest.raises(ValueError, match="Couldn't find trained model at"):
            tf.estimator.Estimator(model(lambda *_: None), str(tmp_path / "new")).export_savedmodel(
                str(tmp_path), receiver
            )

    def test_what_fails_half_way_leaves_nothing(self, trained, tmp_path):
        with pytest.raises(tf.errors.NotFoundError, match="no/such"):
            trained(lambda p, q: None).export_saved_model(str(tmp_path / "out"), receiver, {"a": "no/such"})
        assert os.listdir(tmp_path / "out") == []


class TestReceivers:
    def test_one_feature_and_one_placeholder_get_a_name(self):
        with tf.Graph().as_default():
            one, two = tf.ones([1]), tf.ones([1])
            assert export.ServingInputReceiver(one, two) == ({"feature": one}, {"input": two}, None)
            assert export.TensorServingInputReceiver(one, two) == (one, {"input": two}, None)

    def test_what_is_no_tensor_is_refused(self):
        with tf.Graph().as_default():
            one = tf.ones([1])
            for kind, args, says in (
                (export.ServingInputReceiver, (3, one), "feature feature must be a Tensor or SparseTensor."),
                (export.ServingInputReceiver, (None, one), "features must be defined."),
                (export.ServingInputReceiver, ({1.5: one}, one), "feature keys must be strings or ints: 1.5."),
                (export.ServingInputReceiver, (one, one, 3), "receiver_tensors_alternatives must be a dict: 3."),
                (export.TensorServingInputReceiver, ({"x": one}, one), "feature must be a Tensor or SparseTensor."),
                (export.PredictOutput, (3,), "Prediction output value must be a Tensor; got 3."),
                (export.PredictOutput, ({3: one},), "Prediction output key must be a string; got 3."),
                (export.ClassificationOutput, (), "At least one of scores and classes must be set."),
                (export.ClassificationOutput, (3,), "Classification scores must be a float32 Tensor; got 3"),
            ):
                with pytest.raises(ValueError, match=says):
                    kind(*args)

    def test_raw_placeholders_are_named_after_the_tensors_and_take_any_batch(self):
        with tf.Graph().as_default():
            make = export.build_raw_serving_input_receiver_fn({"x": tf.placeholder(tf.float32, [5, 2], name="p")})
        with tf.Graph().as_default():
            (x,) = make().features.values()
            assert (x.name, x.shape.as_list()) == ("p:0", [None, 2])


class TestExporters:
    def test_final_latest_and_best_each_write_in_their_folder(self, trained, tmp_path):
        estimator = trained(lambda p, q: None)
        exporters = [
            tf.estimator.FinalExporter("final", receiver),
            tf.estimator.LatestExporter("latest", receiver, exports_to_keep=1),
            tf.estimator.BestExporter("best", receiver, event_file_pattern=None),
        ]
        _, written = tf.estimator.train_and_evaluate(
            estimator,
            tf.estimator.TrainSpec(inputs, max_steps=4),
            tf.estimator.EvalSpec(inputs, steps=1, exporters=exporters, throttle_secs=0),
        )
        assert [os.path.basename(os.path.dirname(os.fsdecode(folder))) for folder in written] == [
            "final", "latest", "best"
        ]  # fmt: skip
        assert {len(os.listdir(os.path.join(estimator.model_dir, "export", e.name))) for e in exporters} == {1}

    def test_the_best_is_written_when_it_is_better_than_what_the_event_files_tell(self, trained, tmp_path):
        estimator = trained(lambda p, q: None)
        loss = estimator.evaluate(inputs, steps=1)["loss"]
        best = tf.estimator.BestExporter("best", receiver, exports_to_keep=2)
        folder = str(tmp_path / "best")
        path = estimator.latest_checkpoint()
        assert best.export(estimator, folder, path, {"loss": loss}, False) is None
        for step in range(1, 4):
            assert best.export(estimator, folder, path, {"loss": loss - step}, False)
            assert best.export(estimator, folder, path, {"loss": loss}, False) is None
        assert len(os.listdir(folder)) == 2

    def test_what_cannot_be_asked_is_refused(self):
        best, final = tf.estimator.BestExporter, tf.estimator.FinalExporter("same", receiver)
        for call, kind, says in (
            (lambda: best("a", receiver, exports_to_keep=0), ValueError, "must be positive number"),
            (lambda: best("a", receiver, compare_fn=None), ValueError, "`compare_fn` must not be None."),
            (lambda: best("a", receiver, compare_fn=lambda a: 1), ValueError, "must include best_eval_result argument"),
            (lambda: tf.estimator.EvalSpec(inputs, exporters=3), TypeError, "must be an Exporter"),
            (lambda: tf.estimator.EvalSpec(inputs, exporters=[final, final]), ValueError, "must have unique names"),
        ):
            with pytest.raises(kind, match=says):
                call()
