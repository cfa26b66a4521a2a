#!/usr/bin/env python3
"""Hues and saturations by Python's colorsys, quantiles of the beta distribution by scipy.

    python3 colour.py > colour.json
"""
import colorsys
import json
import random

from scipy.stats import beta

random.seed(3)
pixels = [[0, 0, 0], [1, 1, 1], [0.5, 0.5, 0.5], [1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0], [0.2, 0.2, 0.7]]
pixels += [[round(random.random(), 3) for _ in range(3)] for _ in range(12)]


def hue(p, turn):
    h, s, v = colorsys.rgb_to_hsv(*p)
    return list(colorsys.hsv_to_rgb((h + turn) % 1, s, v))


def saturation(p, times):
    h, s, v = colorsys.rgb_to_hsv(*p)
    return list(colorsys.hsv_to_rgb(h, min(1, s * times), v))


print(json.dumps({
    "pixels": pixels,
    "hue": [{"factor": f, "plus": [hue(p, f / 2) for p in pixels], "minus": [hue(p, -f / 2) for p in pixels]} for f in (0, 0.1, 0.5, 0.9, 1)],
    "saturation": [{"factor": f, "y": [saturation(p, f / (1 - f + 1e-7)) for p in pixels]} for f in (0, 0.2, 0.5, 0.7, 1)],
    "beta": [{"a": a, "q": [beta.ppf(i / 16, a, a) for i in range(17)]} for a in (0.05, 0.2, 0.5, 1, 2, 7.5, 100)],
}))
