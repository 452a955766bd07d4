"""The tools that TensorFlow 1 had under `tensorflow.python.tools`: GraphDefs frozen, cut down and simplified."""
