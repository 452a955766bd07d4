"""A model in a session of its own, called with arrays by name.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/predictor/from_saved_model
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ....graph.graph import Graph
from ....runtime.session import Session
from ...estimator.estimator import Estimator
from ...estimator.exporting import served_model
from ...saved_model import loader
from ...saved_model.signature_constants import DEFAULT_SERVING_SIGNATURE_DEF_KEY
from ...saved_model.utils import get_tensor_from_tensor_info
from ...train.monitored_session import ChiefSessionCreator, MonitoredSession

DEFAULT_TAGS = "serve"


class Predictor:
    """Gives the outputs of a model, arrays by name, for inputs by name."""

    def __init__(self, graph: Graph, session: Any, feeds: dict[str, Any], fetches: dict[str, Any]) -> None:
        self._graph, self._session = graph, session
        self._feed_tensors, self._fetch_tensors = feeds, fetches

    def __call__(self, input_dict: dict[str, Any]) -> dict[str, Any]:
        """The outputs; `ValueError` if there are inputs that the model does not take."""
        unexpected = set(input_dict) - set(self._feed_tensors)
        if unexpected:
            raise ValueError(f"Got unexpected keys in input_dict: {unexpected}\nexpected: {set(self._feed_tensors)}")
        feeds = {self._feed_tensors[name]: value for name, value in input_dict.items()}
        return self._session.run(self._fetch_tensors, feeds)

    def __repr__(self) -> str:
        return f"Predictor with feed tensors {self._feed_tensors} and fetch_tensors {self._fetch_tensors}"

    @property
    def graph(self) -> Graph:
        """The graph that the model is in."""
        return self._graph

    @property
    def session(self) -> Any:
        """The session that holds its variables."""
        return self._session

    @property
    def feed_tensors(self) -> dict[str, Any]:
        """The inputs, by name."""
        return self._feed_tensors

    @property
    def fetch_tensors(self) -> dict[str, Any]:
        """The outputs, by name."""
        return self._fetch_tensors


def from_saved_model(
    export_dir: Any,
    signature_def_key: str | None = None,
    signature_def: Any = None,
    input_names: dict[str, str] | None = None,
    output_names: dict[str, str] | None = None,
    tags: str | None = None,
    graph: Graph | None = None,
    config: Any = None,
) -> Predictor:
    """A predictor of the graph of a SavedModel under `tags`, with commas between them ("serve").

    Its inputs and outputs are those of one signature ("serving_default"), of `signature_def`, or tensors by name.

    Raises:
      ValueError: more than one of these is given, or the model has no such signature.
      OSError, RuntimeError: as `tf.saved_model.loader.load`.
    """
    if (input_names is None) != (output_names is None):
        raise ValueError("input_names and output_names must both be specified or both be unspecified.")
    if sum(given is not None for given in (signature_def_key, signature_def, input_names)) > 1:
        raise ValueError(
            "You must specify at most one of signature_def_key OR signature_def OR(input_names AND output_names)."
        )
    graph = graph or Graph()
    with graph.as_default():
        session = Session(graph=graph, config=config)
        meta = loader.load(session, (tags or DEFAULT_TAGS).split(","), export_dir)
        if input_names is not None and output_names is not None:
            feeds = {name: graph.get_tensor_by_name(tensor) for name, tensor in input_names.items()}
            fetches = {name: graph.get_tensor_by_name(tensor) for name, tensor in output_names.items()}
            return Predictor(graph, session, feeds, fetches)
        return Predictor(graph, session, *_ends(signature_def or _signature(meta.signature_def, signature_def_key)))


def from_estimator(
    estimator: Estimator,
    serving_input_receiver_fn: Callable[[], Any],
    output_key: str | None = None,
    graph: Graph | None = None,
    config: Any = None,
) -> Predictor:
    """A predictor of an estimator's model with the newest weights; `output_key` is one of its `export_outputs`.

    Raises:
      TypeError: it is no `tf.estimator.Estimator`.
      KeyError: there is no such output.
    """
    if not isinstance(estimator, Estimator):
        raise TypeError(f"Expected estimator to be of type tf.estimator.Estimator, got {type(estimator).__name__}.")
    key = output_key or DEFAULT_SERVING_SIGNATURE_DEF_KEY
    graph = graph or Graph()
    with graph.as_default():
        receiver, spec = served_model(estimator, serving_input_receiver_fn)
        if key not in spec.export_outputs:
            raise KeyError(f"output_key must be one of {list(spec.export_outputs)}; got {key}")
        signature = spec.export_outputs[key].as_signature_def(receiver.receiver_tensors)
        feeds, fetches = _ends(signature)
        creator = ChiefSessionCreator(
            spec.scaffold, config=config, checkpoint_filename_with_path=estimator._required_checkpoint()
        )
        return Predictor(graph, MonitoredSession(creator), feeds, fetches)


def _signature(signatures: Any, key: str | None) -> Any:
    key = key or DEFAULT_SERVING_SIGNATURE_DEF_KEY
    if key not in signatures:
        raise ValueError(f"The SavedModel has no signature {key!r}, but {sorted(signatures)}.")
    return signatures[key]


def _ends(signature: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """The inputs and outputs of a signature in the default graph."""
    feeds, fetches = (
        {name: get_tensor_from_tensor_info(info) for name, info in infos.items()}
        for infos in (signature.inputs, signature.outputs)
    )
    return feeds, fetches
