#!/usr/bin/env python3
"""Figures of one label by scikit-learn, and the threshold of the greatest F1 score: python3 labels.py > labels.json"""
import json

import numpy as np
from sklearn.metrics import f1_score, precision_score, recall_score, roc_auc_score

r = np.random.RandomState(7)
cases = []
for n, share, digits in ((60, 0.4, 7), (200, 0.1, 2), (90, 0.5, 1), (40, 0.1, 7)):  # few digits: many ties
    y = (r.rand(n) < share).astype(int)
    p = np.round(np.clip(0.3 * y + 0.7 * r.rand(n), 0, 1), digits).astype(np.float32)
    cuts = np.unique(p)
    scores = [f1_score(y, p > t) for t in (cuts[1:].astype(float) + cuts[:-1]) / 2]
    said = p > np.float32(0.35)
    cases.append({"p": p.tolist(), "has": y.tolist(), "threshold": 0.35, "precision": precision_score(y, said),
                  "recall": recall_score(y, said), "f1": f1_score(y, said), "auc": roc_auc_score(y, p),
                  "best": max([*scores, f1_score(y, p > 0.5)]), "half": f1_score(y, p > 0.5),
                  "few": bool(min(y.sum(), n - y.sum()) < 10)})
print(json.dumps(cases))
