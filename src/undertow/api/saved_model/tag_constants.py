"""`tf.saved_model.tag_constants`: the tags by which the graphs of a SavedModel are told apart.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/saved_model/tag_constants
"""

SERVING = "serve"
TRAINING = "train"
EVAL = "eval"
GPU = "gpu"
TPU = "tpu"
