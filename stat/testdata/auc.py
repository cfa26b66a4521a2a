"""Writes auc.json: areas under the ROC curve by scikit-learn, their variance by DeLong's definition, one placement for
each pair of samples, and the interval on the scale of the logit with SciPy's quantile of Student's t.
"""
import json
import numpy as np
import scipy
import sklearn
from scipy import stats
from sklearn.metrics import roc_auc_score

rng = np.random.default_rng(14)


def delong(y, s):
    a, b = s[y == 1], s[y == 0]
    above = (a[:, None] > b) + 0.5 * (a[:, None] == b)
    v1, v0 = above.mean(1).var(ddof=1) / len(a), above.mean(0).var(ddof=1) / len(b)
    area, v = roc_auc_score(y, s), v1 + v0
    freedom = v**2 / (v1**2 / (len(a) - 1) + v0**2 / (len(b) - 1))
    x, d = np.log(area / (1 - area)), stats.t.ppf(0.975, freedom) * np.sqrt(v) / (area * (1 - area))
    return dict(area=area, variance=v, freedom=freedom, low=1 / (1 + np.exp(d - x)), high=1 / (1 + np.exp(-d - x)))


cases = []
for n, share, shift, digits in [(12, 0.5, 1, 1), (40, 0.3, 0.5, 1), (60, 0.1, 2.5, 3), (100, 0.5, -1, 2), (300, 0.2, 2, 2)]:
    y = np.zeros(n, int)
    y[: max(2, int(share * n))] = 1
    rng.shuffle(y)
    s = np.round(rng.standard_normal(n) + shift * y, digits)
    cases.append(dict(y=y.tolist(), score=s.tolist(), **delong(y, s)))
with open("auc.json", "w") as f:
    json.dump(dict(by=f"scikit-learn {sklearn.__version__}, SciPy {scipy.__version__}", cases=cases), f)
    f.write("\n")
