"""How a graph runs: the session, its plans, gradients, devices, and the variables' storage."""
