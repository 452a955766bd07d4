"""The private names of TensorFlow 1 that no public name stands for, and where each is here.

Only what programs and TensorFlow's own tests were seen to use. Everything that has a public spelling is found by
`old_paths` without a line here.
"""

from __future__ import annotations

# A private module -> the module of ours that is searched before the public names.
MODULES = {
    "python.eager.context": "undertow.compat.eager_context",
    "python.eager.test": "undertow.compat.test_util",
    "python.framework.device": "undertow.graph.device",
    "python.framework.test_util": "undertow.compat.test_util",
    "python.keras.engine.base_layer": "undertow.api.layers.engine",
    "python.keras.engine.input_spec": "undertow.api.layers.input_spec",
    "python.layers.utils": "undertow.api.layers.arguments",
    "python.tf2": "undertow.compat.eager_context",
    "python.util.nest": "undertow.graph.nest",
}

# A private name -> "module:name".
NAMES: dict[str, str] = {
    "python.eager.def_function.function": "undertow.compat.eager_context:function",
    "python.eager.function.defun": "undertow.compat.eager_context:function",
    "python.ops.gradient_checker_v2.compute_gradient": "undertow.api.test.gradients:compute_gradient_of_function",
    "python.ops.gradient_checker_v2.max_error": "undertow.api.test.gradients:max_error",
    "python.platform.googletest.GetTempDir": "undertow.api.test.environment:get_temp_dir",
}
