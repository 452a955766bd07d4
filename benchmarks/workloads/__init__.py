"""The workloads, each written once for each side: a TensorFlow 1 program (Undertow and TensorFlow run it) and PyTorch.

A module has `tensorflow_1(tf)` and, where there is something to write by hand, `pytorch()`; each makes everything and
returns one step, a function without arguments.
"""
