# Writes filter.json: pictures behind scipy.ndimage.gaussian_filter, and behind means of blocks enlarged by Pillow
# (bicubic).
import json

import numpy as np
from PIL import Image
from scipy import ndimage

rng = np.random.default_rng(3)
cases = []
for h, w, c, sd in [(7, 9, 1, 0.6), (12, 5, 1, 1.5), (6, 8, 3, 1.0), (3, 4, 1, 2.5)]:
    x = np.round(rng.uniform(0, 1, (h, w, c)), 4).astype(np.float32)
    y = ndimage.gaussian_filter(x.astype(np.float64), (sd, sd, 0))
    cases.append({"kind": "blur", "shape": [h, w, c], "strength": sd, "x": x.ravel().tolist(), "y": y.ravel().tolist()})
for h, w, factor in [(8, 12, 2), (12, 12, 4), (9, 15, 3)]:
    x = np.round(rng.uniform(0, 1, (h, w)), 4).astype(np.float32)
    small = x.reshape(h // factor, factor, w // factor, factor).mean((1, 3)).astype(np.float32)
    y = Image.fromarray(small, "F").resize((w, h), Image.Resampling.BICUBIC)
    cases.append({"kind": "downsample", "shape": [h, w, 1], "strength": factor, "x": x.ravel().tolist(),
                  "y": np.asarray(y).ravel().tolist()})
with open("filter.json", "w") as f:
    json.dump(cases, f)
