# Writes resample.json: rows of numbers resized by others than gorae.
#   PIL 9.4 in 32-bit floats (mode F), which antialiases when it shrinks
#     (its nearest adds steps up in floats and so decides ties by rounding; PyTorch judges nearest);
#   PyTorch 1.13 without antialiasing (bilinear, align_corners=False; nearest-exact);
#   area: the mean over the new cell, from the integral of the step function (numpy).
import json
import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image

rng = np.random.default_rng(5)
cases = []
for n, m in [(7, 7), (7, 3), (12, 5), (5, 12), (32, 10), (3, 1), (1, 4), (10, 9), (2, 7), (100, 7)]:
    x = np.round(rng.uniform(0, 255, n), 3).astype(np.float32)
    im = Image.fromarray(np.tile(x, (3, 1)), mode="F")
    for name, f in [("bilinear", Image.BILINEAR), ("bicubic", Image.BICUBIC), ("lanczos3", Image.LANCZOS)]:
        y = np.asarray(im.resize((m, 3), f))[1]
        cases.append({"filter": name, "antialias": True, "x": x.tolist(), "y": y.tolist()})
    t = torch.tensor(x).double()[None, None, None]
    for name, kw in [("bilinear", dict(mode="bilinear", align_corners=False)), ("nearest", dict(mode="nearest-exact"))]:
        y = F.interpolate(t, size=(1, m), **kw)[0, 0, 0]
        cases.append({"filter": name, "antialias": False, "x": x.tolist(), "y": y.tolist()})
    s = np.concatenate([[0], np.cumsum(x.astype(np.float64))])
    e = np.interp(np.arange(m + 1) * n / m, np.arange(n + 1), s)
    cases.append({"filter": "area", "antialias": False, "x": x.tolist(), "y": ((e[1:] - e[:-1]) * m / n).tolist()})
json.dump(cases, open("resample.json", "w"))
