"""`tf.python`: TensorFlow's private modules, for a program that reaches them from the module it imported."""

from .old_paths import old_module

python = old_module("python")
