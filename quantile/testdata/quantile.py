#!/usr/bin/env python3
"""Pinball losses by scikit-learn, quantiles by NumPy and a quantile regression by scikit-learn: python3 quantile.py >
quantile.json

The regression is of 80 rows: x = i/40 - 1, y = 2x + 3 + (1 + x)·e with e the numbers below, whose spread grows with x.
loss is the least mean pinball loss that a line reaches on these rows (QuantileRegressor without a penalty).
"""
import json

import numpy as np
from sklearn.linear_model import QuantileRegressor
from sklearn.metrics import mean_pinball_loss

rng = np.random.default_rng(5)
levels = [0.05, 0.25, 0.5, 0.9, 0.95]
truth = rng.normal(size=60).round(3)
said = np.sort(rng.normal(size=(60, 5)).round(3), axis=1)
x = np.arange(80) / 40 - 1
y = (2 * x + 3 + (1 + x) * rng.normal(size=80)).round(4)
regression = []
for q in levels:
    m = QuantileRegressor(quantile=q, alpha=0, solver="highs").fit(x[:, None], y)
    regression.append(mean_pinball_loss(y, m.predict(x[:, None]), alpha=q))
print(json.dumps({
    "levels": levels, "truth": truth.tolist(), "said": said.tolist(),
    "pinball": [mean_pinball_loss(truth, said[:, i], alpha=q) for i, q in enumerate(levels)],
    "below": [float((truth <= said[:, i]).mean()) for i in range(5)],
    "within": float(((said[:, 0] <= truth) & (truth <= said[:, 4])).mean()),
    "width": float((said[:, 4] - said[:, 0]).mean()),
    "quantiles": np.quantile(truth, levels).tolist(),
    "x": x.tolist(), "y": y.tolist(), "loss": regression}))
