#!/usr/bin/env python3
"""Metrics by NumPy in float64, from their definitions: python3 metric.py > metric.json"""
import json

import numpy as np

r = np.random.RandomState(5)
cases = []


def f32(a):
    return np.asarray(a, np.float32).astype(np.float64)


def case(name, config, y, p, want):
    cases.append({"name": name, "config": config, "want": float(want),
                  "y": {"shape": list(np.shape(y)), "data": np.ravel(y).tolist(), "int": np.asarray(y).dtype.kind == "i"},
                  "p": {"shape": list(np.shape(p)), "data": np.ravel(p).tolist()}})


n = 37
soft = f32(r.dirichlet(np.ones(4), n))
ids = r.randint(0, 4, n)
ids[:15] = soft[:15].argmax(1)
hot = np.eye(4)[ids]
right = (soft.argmax(1) == ids).mean()
case("accuracy", {}, ids, soft, right)
case("acc", {}, ids.reshape(n, 1), soft, right)
case("accuracy", {}, hot, soft, right)
case("categorical_accuracy", {}, hot, soft, right)
case("sparse_categorical_accuracy", {}, ids.astype(float), soft, right)
for k in (1, 2, 3):
    top = np.mean([i in np.argsort(-s)[:k] for s, i in zip(soft, ids)])
    case("top_k", {"k": k}, hot, soft, top)
    case("sparse_top_k_categorical_accuracy", {"k": k}, ids, soft, top)
prob = f32(r.rand(n, 1))
bit = (r.rand(n, 1) < prob).astype(int)
case("accuracy", {}, bit, prob, ((prob > 0.5) == bit).mean())
case("accuracy", {}, bit.ravel(), prob, ((prob > 0.5) == bit).mean())
case("binary_accuracy", {"threshold": 0.3}, bit, prob, ((prob > 0.3) == bit).mean())
hit = prob > 0.5
case("precision", {}, bit, prob, (hit & (bit == 1)).sum() / hit.sum())
case("recall", {}, bit, prob, (hit & (bit == 1)).sum() / bit.sum())
case("precision", {"thresholds": 1.0}, bit, prob, 0)
t = np.linspace(0, 1, 200)
t[0], t[-1] = -1e-7, 1 + 1e-7
t = np.asarray(t, np.float32)
tp = np.array([((prob > x) & (bit == 1)).sum() for x in t]) / bit.sum()
fp = np.array([((prob > x) & (bit == 0)).sum() for x in t]) / (1 - bit).sum()
case("auc", {}, bit, prob, ((fp[:-1] - fp[1:]) * (tp[:-1] + tp[1:]) / 2).sum())
for shift, spread in ((0, 1), (1e5, 3)):  # a target far from 0 must lose no digits
    y = f32(r.randn(n, 2) * spread + shift)
    p = f32(y + r.randn(n, 2) * spread / 2)
    e = y - p
    case("mse", {}, y, p, (e**2).mean())
    case("mae", {}, y, p, np.abs(e).mean())
    case("rmse", {}, y, p, np.sqrt((e**2).mean()))
    case("r2", {}, y, p, (1 - (e**2).sum(0) / ((y - y.mean(0))**2).sum(0)).mean())
    case("r2_score", {}, y[:, 0], p[:, :1], 1 - (e**2).sum(0)[0] / ((y - y.mean(0))**2).sum(0)[0])
case("r2", {}, np.ones((n, 1)), np.zeros((n, 1)), 0)
case("r2", {}, np.ones((n, 1)), np.ones((n, 1)), 1)
print(json.dumps(cases))
