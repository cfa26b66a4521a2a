#!/usr/bin/env python3
"""Figures of one label by scikit-learn, and the threshold that the rule chooses: python3 labels.py > labels.json"""
import json

import numpy as np
from sklearn.metrics import f1_score, precision_score, recall_score, roc_auc_score

r = np.random.RandomState(7)
cases = []
for n, share, digits in ((60, 0.4, 7), (200, 0.1, 2), (90, 0.5, 1), (40, 0.1, 7), (400, 0.1, 4), (1000, 0.05, 5)):  # few digits: many ties
    y = (r.rand(n) < share).astype(int)
    p = np.round(np.clip(0.3 * y + 0.7 * r.rand(n), 0, 1), digits).astype(np.float32)
    f1 = lambda t: f1_score(y, p > np.float32(t))
    grid = sorted([.01, .02, .03, *(i / 20 for i in range(1, 20))], key=lambda t: abs(t - .5))  # sorted is stable
    best = max(grid, key=f1)  # the first of equal ones
    u = lambda t: (2 * y * (p > np.float32(t)) - f1(t) * (y + (p > np.float32(t)))) / (y + (p > np.float32(t))).sum()
    chosen = next(t for t in grid if f1(best) - f1(t) <= 2 * np.sqrt(((u(t) - u(best)) ** 2).sum()))
    said = p > np.float32(0.35)
    cases.append({"p": p.tolist(), "has": y.tolist(), "threshold": 0.35, "precision": precision_score(y, said),
                  "recall": recall_score(y, said), "f1": f1_score(y, said), "auc": roc_auc_score(y, p),
                  "chosen": 0.5 if min(y.sum(), n - y.sum()) < 10 else chosen})
print(json.dumps(cases))
