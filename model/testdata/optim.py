#!/usr/bin/env python3
"""Ten steps of every optimiser on a 3-layer MLP with batch normalisation, by PyTorch.

    python3 optim.py > optim.json

The network is 6 -> 8 -> BN -> relu -> 8 -> BN -> relu -> 3, softmax, on ten batches of
16 samples. No Dense before a batch normalisation has a bias. What differs from PyTorch:
epsilon of BN is 0.001, moving' = 0.99 moving + 0.01 batch with the *biased* variance (Keras
does so; PyTorch's running_var is unbiased), so the moving averages are kept by hand.
SGD is torch.optim's. The others are Keras 3's formulas written out by hand, because
PyTorch puts epsilon elsewhere or corrects the first steps in another way.
"""
import json
import math

import torch

torch.manual_seed(20240607)
torch.set_num_threads(1)
STEPS, BATCH = 10, 16


def glorot(n, m):
    a = math.sqrt(6 / (n + m))
    return (torch.rand(n, m) * 2 - 1) * a


start = {
    "dense/kernel": glorot(6, 8),
    "batch_normalization/gamma": 1 + 0.1 * torch.randn(8),
    "batch_normalization/beta": 0.1 * torch.randn(8),
    "dense_1/kernel": glorot(8, 8),
    "batch_normalization_1/gamma": 1 + 0.1 * torch.randn(8),
    "batch_normalization_1/beta": 0.1 * torch.randn(8),
    "dense_2/kernel": glorot(8, 3),
    "dense_2/bias": 0.1 * torch.randn(3),
}
xs = [torch.randn(BATCH, 6) * 2 + 1 for _ in range(STEPS)]
ys = [torch.randint(0, 3, (BATCH,)) for _ in range(STEPS)]


def bn(x, p, name, state):
    mean = x.mean(0)
    var = x.var(0, unbiased=False)
    for key, v in (("moving_mean", mean), ("moving_variance", var)):
        k = name + "/" + key
        state[k] = state[k] * 0.99 + v.detach() * 0.01
    return (x - mean) / torch.sqrt(var + 1e-3) * p[name + "/gamma"] + p[name + "/beta"]


def loss(p, x, y, state):
    h = torch.relu(bn(x @ p["dense/kernel"], p, "batch_normalization", state))
    h = torch.relu(bn(h @ p["dense_1/kernel"], p, "batch_normalization_1", state))
    return torch.nn.functional.cross_entropy(h @ p["dense_2/kernel"] + p["dense_2/bias"], y)


def sgd(**kw):
    def make(params):
        o = torch.optim.SGD(params, **kw)
        return lambda t: o.step()
    return make


def by_hand(update):
    def make(params):
        slots = [dict() for _ in params]

        def step(t):
            with torch.no_grad():
                for w, s in zip(params, slots):
                    update(w, w.grad, s, t)
        return step
    return make


def slot(s, name, w, init=0.0):
    return s.setdefault(name, torch.full_like(w, init))


def adam(lr, b1=0.9, b2=0.999, eps=1e-7, decay=0.0):
    def update(w, g, s, t):
        m, v = slot(s, "m", w), slot(s, "v", w)
        w -= w * decay * lr
        alpha = lr * math.sqrt(1 - b2**t) / (1 - b1**t)
        m += (g - m) * (1 - b1)
        v += (g * g - v) * (1 - b2)
        w -= m * alpha / (torch.sqrt(v) + eps)
    return by_hand(update)


def rmsprop(lr, rho=0.9, eps=1e-7, momentum=0.0, centered=False):
    def update(w, g, s, t):
        v, a, m = slot(s, "v", w), slot(s, "a", w), slot(s, "m", w)
        v.copy_(rho * v + (1 - rho) * g * g)
        d = v + eps
        if centered:
            a.copy_(rho * a + (1 - rho) * g)
            d = v - a * a + eps
        inc = lr * g / torch.sqrt(d)
        if momentum > 0:
            m.copy_(momentum * m + inc)
            inc = m
        w -= inc
    return by_hand(update)


def adagrad(lr, init=0.1, eps=1e-7):
    def update(w, g, s, t):
        a = slot(s, "a", w, init)
        a += g * g
        w -= lr * g / torch.sqrt(a + eps)
    return by_hand(update)


def adadelta(lr, rho=0.95, eps=1e-7):
    def update(w, g, s, t):
        a, d = slot(s, "a", w), slot(s, "d", w)
        a.copy_(rho * a + (1 - rho) * g * g)
        delta = -torch.sqrt(d + eps) * g / torch.sqrt(a + eps)
        d.copy_(rho * d + (1 - rho) * delta * delta)
        w += lr * delta
    return by_hand(update)


def adamax(lr, b1=0.9, b2=0.999, eps=1e-7):
    def update(w, g, s, t):
        m, u = slot(s, "m", w), slot(s, "u", w)
        m += (g - m) * (1 - b1)
        u.copy_(torch.maximum(b2 * u, g.abs()))
        w -= lr * m / ((1 - b1**t) * (u + eps))
    return by_hand(update)


def nadam(lr, b1=0.9, b2=0.999, eps=1e-7):
    def mu(t):
        return b1 * (1 - 0.5 * 0.96**t)

    def update(w, g, s, t):
        m, v = slot(s, "m", w), slot(s, "v", w)
        prod = 1.0
        for i in range(1, t + 1):
            prod *= mu(i)
        m += (g - m) * (1 - b1)
        v += (g * g - v) * (1 - b2)
        mhat = mu(t + 1) * m / (1 - prod * mu(t + 1)) + (1 - mu(t)) * g / (1 - prod)
        w -= mhat * lr / (torch.sqrt(v / (1 - b2**t)) + eps)
    return by_hand(update)


runs = [
    ("sgd", {"learning_rate": 0.1}, sgd(lr=0.1), {}),
    ("sgd", {"learning_rate": 0.05, "momentum": 0.9}, sgd(lr=0.05, momentum=0.9), {}),
    ("sgd", {"learning_rate": 0.05, "momentum": 0.9, "nesterov": True}, sgd(lr=0.05, momentum=0.9, nesterov=True), {}),
    ("sgd", {"learning_rate": 0.1, "clipnorm": 0.05}, sgd(lr=0.1), {"clipnorm": 0.05}),
    ("sgd", {"learning_rate": 0.1, "global_clipnorm": 0.1}, sgd(lr=0.1), {"global": 0.1}),
    ("sgd", {"learning_rate": 0.1, "clipvalue": 0.01}, sgd(lr=0.1), {"clipvalue": 0.01}),
    ("rmsprop", {"learning_rate": 0.01}, rmsprop(0.01), {}),
    ("rmsprop", {"learning_rate": 0.01, "momentum": 0.5, "centered": True}, rmsprop(0.01, momentum=0.5, centered=True), {}),
    ("adam", {"learning_rate": 0.01}, adam(0.01), {}),
    ("adam", {"learning_rate": 0.01, "beta_1": 0.0}, adam(0.01, b1=0.0), {}),
    ("adamw", {"learning_rate": 0.01}, adam(0.01, decay=0.004), {}),
    ("adamw", {"learning_rate": 0.01, "weight_decay": 0.1}, adam(0.01, decay=0.1), {}),
    ("adagrad", {"learning_rate": 0.05}, adagrad(0.05), {}),
    ("adadelta", {"learning_rate": 1.0}, adadelta(1.0), {}),
    ("adamax", {"learning_rate": 0.01}, adamax(0.01), {}),
    ("nadam", {"learning_rate": 0.01}, nadam(0.01), {}),
]


def flat(d):
    return {k: [float("%.9g" % v) for v in t.detach().reshape(-1).tolist()] for k, t in d.items()}


out = {"start": flat(start), "x": [[float("%.9g" % v) for v in x.reshape(-1).tolist()] for x in xs],
       "y": [y.tolist() for y in ys], "runs": []}
for name, config, make, clip in runs:
    p = {k: v.clone().requires_grad_() for k, v in start.items()}
    state = {n + "/" + k: torch.full((8,), float(v)) for n in ("batch_normalization", "batch_normalization_1")
             for k, v in (("moving_mean", 0), ("moving_variance", 1))}
    params = list(p.values())
    step = make(params)
    losses = []
    for t in range(1, STEPS + 1):
        for w in params:
            w.grad = None
        e = loss(p, xs[t - 1], ys[t - 1], state)
        e.backward()
        losses.append(e.item())
        if "clipnorm" in clip:
            for w in params:
                w.grad *= clip["clipnorm"] / max(w.grad.norm().item(), clip["clipnorm"])
        if "global" in clip:
            n = math.sqrt(sum((w.grad**2).sum().item() for w in params))
            for w in params:
                w.grad *= clip["global"] / max(n, clip["global"])
        if "clipvalue" in clip:
            for w in params:
                w.grad.clamp_(-clip["clipvalue"], clip["clipvalue"])
        step(t)
    out["runs"].append({"optimizer": name, "config": config, "losses": losses, "weights": flat(p), "states": flat(state)})
print(json.dumps(out))
