"""The arrays that figures, verdicts and their places stand in."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Codes = NDArray[np.int8]
Flags = NDArray[np.bool_]
Index = NDArray[np.intp]
Columns = slice | Index
