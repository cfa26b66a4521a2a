#!/usr/bin/env python3
"""Metrics of several labels to a sample by scikit-learn: python3 labels.py > labels.json"""
import json

import numpy as np
from sklearn.metrics import accuracy_score, f1_score, hamming_loss

r = np.random.RandomState(11)
n, cases = 37, []
for k, share in ((3, 0.4), (6, 0.1)):
    y = (r.rand(n, k) < share).astype(int)
    p = np.clip(0.35 * y + 0.65 * r.rand(n, k), 0, 1).astype(np.float32).astype(np.float64)
    for config, t in (({}, 0.5), ({"threshold": 0.3}, 0.3), ({"threshold": 0.8}, 0.8)):
        said = (p > np.float32(t)).astype(int)
        for name, want in (("exact_match", accuracy_score(y, said)), ("hamming_loss", hamming_loss(y, said)),
                           ("f1_micro", f1_score(y, said, average="micro", zero_division=0)),
                           ("f1_macro", f1_score(y, said, average="macro", zero_division=0))):
            cases.append({"name": name, "config": config, "want": float(want),
                          "y": {"shape": [n, k], "data": y.ravel().tolist()},
                          "p": {"shape": [n, k], "data": p.ravel().tolist()}})
print(json.dumps(cases))
