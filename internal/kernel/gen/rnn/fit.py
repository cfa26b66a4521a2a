#!/usr/bin/python3
"""Derives the polynomials of math.go. Needs numpy."""
import os
import sys

import numpy as np

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from lawson import fit, points, show

# e^−r on [−ln 2/2, ln 2/2], 1 at 0.
r = points(-np.log(2) / 2, np.log(2) / 2)
show("denominator", fit(r, np.expm1(-r) / r, np.abs(r) * np.exp(r), [4, 3, 2, 1, 0]), " and 1")

# (e^−2r − 1)/r on [−ln 2/4, ln 2/4].
r /= 2
y = np.expm1(-2 * r) / r
show("growth", fit(r, y, 1 / np.abs(y), [5, 4, 3, 2, 1, 0]))
