"""Numbers as arrays of no dimension: NumPy would convert a Python number at every operation."""

import math

import numpy as np

ZERO, HALF, ONE, TWO = (np.array(number) for number in (0.0, 0.5, 1.0, 2.0))
MINUS_HALF, MINUS_TWO = np.array(-0.5), np.array(-2.0)
ROUNDING = np.array(np.finfo(np.float64).eps)
ROOT_HALF = np.array(math.sqrt(0.5))
ROOT_EIGHT = np.array(math.sqrt(8.0))
ROOT_HALF_PI = np.array(math.sqrt(0.5 * math.pi))
DENSITY_AT_ZERO = np.array(1.0 / math.sqrt(2.0 * math.pi))
