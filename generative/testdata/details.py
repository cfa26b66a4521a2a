# details.json: Laplacian pyramids, patches and sliced Wasserstein distances of made pictures, by NumPy and SciPy.
#
#   python details.py > details.json        (NumPy 2.4, SciPy 1.17)
#
# Pictures, places and directions follow from formulas that the test has too.
import json

import numpy as np
import scipy.ndimage
import scipy.stats

FILTER = np.outer([1, 4, 6, 4, 1], [1, 4, 6, 4, 1])[None, :, :, None] / 256


def pictures(n, start):
    i, y, x, c = np.ogrid[start : start + n, 0:34, 0:33, 0:2]
    return ((7 * i + 3 * y * y + 5 * x + 11 * c + i * x * y) % 17) / 16


def pyramid(x):
    half = scipy.ndimage.convolve(x, FILTER, mode="mirror")[:, ::2, ::2]
    zeros = np.zeros_like(x)
    zeros[:, ::2, ::2] = half
    return [x - scipy.ndimage.convolve(zeros, 4 * FILTER, mode="mirror"), half]


def patches(x, each):
    h, w = x.shape[1] - 6, x.shape[2] - 6
    places = [(i, (5 * i + 3 * k) % h, (7 * k + i) % w) for i in range(len(x)) for k in range(each)]
    p = np.stack([x[i, y : y + 7, z : z + 7] for i, y, z in places])
    return ((p - p.mean((0, 1, 2))) / p.std((0, 1, 2))).reshape(len(p), -1)


def distance(a, b, directions=5):
    d, j = np.ogrid[0:directions, 0 : a.shape[1]]
    theta = ((3 * d + 2) * (j + 1) % 13) - 6.0
    theta /= np.linalg.norm(theta, axis=1, keepdims=True)
    return np.mean([scipy.stats.wasserstein_distance(a @ t, b @ t) for t in theta])


one, other = pyramid(pictures(3, 0)), pyramid(pictures(4, 5))
print(json.dumps({
    "fine": [one[0][2, y, x, c] for y, x, c in [(0, 0, 0), (1, 32, 1), (33, 7, 0), (20, 11, 1)]],
    "half": [one[1][2, y, x, c] for y, x, c in [(0, 0, 0), (1, 16, 1), (16, 7, 0), (10, 11, 1)]],
    "distance": [distance(patches(a, 6), patches(b, 5)) for a, b in zip(one, other)],
}, indent=1))
