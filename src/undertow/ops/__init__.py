"""What each op is: its signature in TensorFlow's registry, its shape rule, its Python function."""
