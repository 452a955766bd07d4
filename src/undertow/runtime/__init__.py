"""How a graph runs: the session, its plans, gradients, devices, and the variables' storage."""

import os as _os

# OpenMP's threads otherwise spin while they wait for each other, and where another process wants a core they spin for
# whole time slices: the article's training was nine times slower beside a busy neighbour. It is read when torch loads.
_os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
