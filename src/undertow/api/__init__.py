"""The `tf.*` namespaces: a program's view. They compose ops and hold no kernels."""
