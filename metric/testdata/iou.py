# Intersection over union with weights that are no whole numbers, by scikit-learn 1.9: python iou.py > iou.json
import json

import numpy as np
from sklearn.metrics import jaccard_score

i = np.arange(24)
y, p, w = (i * i + i // 3) % 4, (i * 5 + i // 4) % 4, (i * 7 % 10) / 8 + 0.15
print(json.dumps({
    "mean": jaccard_score(y, p, average="macro", sample_weight=w),
    "classes": jaccard_score(y, p, average=None, sample_weight=w).tolist(),
    "binary": jaccard_score(y > 1, p > 1, average="macro", sample_weight=w),
}))
