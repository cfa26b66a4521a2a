"""Writes linear.json: what scikit-learn's LogisticRegression and Ridge come to on small data.

The columns are centred, since the package centres them; the constants are those of the centred columns.
Run: python linear.py > linear.json
"""
import json

import numpy as np
import sklearn
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris
from sklearn.linear_model import LogisticRegression, Ridge


def standardised(x, columns):
    x = x[:, :columns].astype(np.float64)
    return ((x - x.mean(0)) / x.std(0)).astype(np.float32).round(4)


def case(name, x, y, classes, penalty):
    xc = x.astype(np.float64) - x.astype(np.float64).mean(0)
    if classes:
        m = LogisticRegression(C=1 / penalty, tol=1e-10, max_iter=10000).fit(xc, y)
        coef, constant = m.coef_.T, m.intercept_
        loss = float(-np.log(m.predict_proba(xc)[np.arange(len(y)), y]).mean())
        right = int((m.predict(xc) == y).sum())
        predicted = m.decision_function(xc).reshape(len(y), -1)[:10]
    else:
        m = Ridge(alpha=penalty, solver="cholesky").fit(xc, y)
        coef, constant = m.coef_[:, None], [m.intercept_]
        loss = float(((m.predict(xc) - y) ** 2).mean())
        right = 0
        predicted = m.predict(xc)[:10, None]
    return {"name": name, "x": [[round(float(v), 4) for v in r] for r in x], "y": [float(v) for v in y],
            "classes": classes, "penalty": penalty, "coef": coef.tolist(), "constant": list(map(float, constant)),
            "loss": loss, "right": right, "scores": predicted.tolist()}


cases = []
x, y = load_iris(return_X_y=True)
for penalty in (0.1, 1.0, 15.0):
    cases.append(case("iris", standardised(x, 4), y, 3, penalty))
x, y = load_breast_cancer(return_X_y=True)
cases.append(case("breast cancer, 200 rows, 6 columns", standardised(x[:200], 6), y[:200], 2, 1.0))
x, y = load_diabetes(return_X_y=True)
for penalty in (1.0, 100.0):
    cases.append(case("diabetes, 200 rows", standardised(x[:200], 10), y[:200], 0, penalty))
json.dump({"scikit-learn": sklearn.__version__, "cases": cases}, __import__("sys").stdout)
