# Writes warp.json: pictures seen through affine maps by PyTorch 1.13 (grid_sample, bilinear, mirrored at
# the edges, align_corners=False, which is half-pixel centres), and hues turned by Python's colorsys.
import colorsys
import json
import numpy as np
import torch
import torch.nn.functional as F

rng = np.random.default_rng(8)
out = {"maps": [], "hues": []}
H, W = 7, 10
x = rng.uniform(0, 255, (H, W, 3)).round(2)
out["x"] = x.ravel().tolist()
t = torch.tensor(x).permute(2, 0, 1)[None]
for m in [[1, 0, 0, 0, 1, 0], [-1, 0, 0, 0, 1, 0], [0.9, -0.2, 1.5, 0.3, 0.8, -2.25], [0.5, 0, 1, 0, 0.5, -1], [1, 0, 3.3, 0, 1, -2.7], [1.4, 0, 0, 0, 1.4, 0]]:
    a, b, c, d, e, f = m  # in pixels from the middle; PyTorch counts halves of a side
    theta = torch.tensor([[a, b * H / W, 2 * c / W], [d * W / H, e, 2 * f / H]], dtype=torch.float64)[None]
    grid = F.affine_grid(theta, t.shape, align_corners=False)
    y = F.grid_sample(t, grid, mode="bilinear", padding_mode="reflection", align_corners=False)
    out["maps"].append({"map": m, "y": y[0].permute(1, 2, 0).ravel().tolist()})
for turn in [-0.5, -0.2, 0.0, 0.05, 0.33]:
    y = []
    for p in x.reshape(-1, 3) / 255:
        h, s, v = colorsys.rgb_to_hsv(*p)
        y += [255 * c for c in colorsys.hsv_to_rgb((h + turn) % 1, s, v)]
    out["hues"].append({"turn": turn, "y": y})
json.dump(out, open("warp.json", "w"))
