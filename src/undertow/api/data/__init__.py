"""`tf.data`: input pipelines, run lazily in the process of the program."""
