"""Writes auc.json: areas under the ROC curve by scikit-learn, their variance by DeLong's definition, one placement for
each pair of samples, and the interval by SciPy: of the areas th with (area - th)^2 <= t^2 r V(th), V being five
sixths of the greater of Hanley and McNeil's variances (Radiology 143, 1982) of m and n, n and m samples, and one
sixth of the other, and r the ratio of DeLong's to it, with weight nu, and 1, with weight min(10, 700 / min(m, n)), or
4 where the ratio is above 1; nu is the geometric mean of min(m, n) - 1 and
Satterthwaite's degrees of freedom, at most min(m, n) - 1; Student's t with the sum of both weights as its degrees of freedom; ends by Brent's method.
"""
import json
import numpy as np
import scipy
import sklearn
from scipy import stats
from scipy.optimize import brentq
from sklearn.metrics import roc_auc_score

rng = np.random.default_rng(14)


def delong(y, s):
    a, b = s[y == 1], s[y == 0]
    above = (a[:, None] > b) + 0.5 * (a[:, None] == b)
    v1, v0 = above.mean(1).var(ddof=1) / len(a), above.mean(0).var(ddof=1) / len(b)
    area, v, m, n = roc_auc_score(y, s), v1 + v0, len(a), len(b)

    def hanley(th):
        q1, q2 = th / (2 - th), 2 * th**2 / (1 + th)
        less, more = sorted(th * (1 - th) + (i - 1) * (q1 - th**2) + (j - 1) * (q2 - th**2) for i, j in ((m, n), (n, m)))
        return (5 * more + less) / 6 / (m * n)

    nu = min(m, n) - 1
    kurtosis = [stats.kurtosis(above.mean(k), fisher=False) for k in (1, 0)]
    error = sum(w**2 * (k - 1) / c for w, k, c in zip((v1, v0), kurtosis, (m, n)) if w > 0)
    if error > 0:
        nu = np.sqrt(nu * min(nu, 2 * v**2 / error))
    ratio = v / hanley(area) if 0 < area < 1 else 1
    k = min(10, 700 / min(m, n)) if ratio <= 1 else 4
    ratio, t = (nu * ratio + k) / (nu + k), stats.t.ppf(0.975, nu + k)
    f = lambda th: (area - th) / np.sqrt(ratio * hanley(th))
    low = brentq(lambda th: f(th) - t, 1e-12, area - 1e-12, xtol=1e-15) if area > 0 else 0
    high = brentq(lambda th: f(th) + t, area + 1e-12, 1 - 1e-12, xtol=1e-15) if area < 1 else 1
    return dict(area=area, variance=v, low=low, high=high)


cases = []
for n, share, shift, digits in [(12, 0.5, 1, 1), (40, 0.3, 0.5, 1), (60, 0.1, 2.5, 3), (100, 0.5, -1, 2), (300, 0.2, 2, 2), (400, 0.3, 2, 2),
                                (20, 0.3, 99, 1), (20, 0.3, -99, 1)]:
    y = np.zeros(n, int)
    y[: max(2, int(share * n))] = 1
    rng.shuffle(y)
    s = np.round(rng.standard_normal(n) + shift * y, digits)
    cases.append(dict(y=y.tolist(), score=s.tolist(), **delong(y, s)))
with open("auc.json", "w") as f:
    json.dump(dict(by=f"scikit-learn {sklearn.__version__}, SciPy {scipy.__version__}", cases=cases), f)
    f.write("\n")
