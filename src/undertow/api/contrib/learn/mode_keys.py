"""`tf.contrib.learn.ModeKeys`."""


class ModeKeys:
    """The names of a model function's modes."""

    TRAIN = "train"
    EVAL = "eval"
    INFER = "infer"
