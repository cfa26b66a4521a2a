"""Ten steps of SGD with momentum and of Adam in PyTorch, for TestPyTorch.

An MLP 6-8-8-3 with batch normalisation, given weights, 150 samples in batches of
16 in their order: nine of 16 and one of 6. Writes pytorch.json beside this file.

What is Keras's and not PyTorch's is written out by hand: Adam's epsilon stands
beside the uncorrected root (alpha carries the corrections), batch normalisation has
momentum 0.99 and epsilon 0.001, and its moving variance is the biased one.
A layer before a normalisation has no bias: its gradient is zero, and Adam would
make steps of the rounding.
"""
import json
import os
import numpy as np
import torch
import torch.nn.functional as F

torch.manual_seed(5)
torch.set_default_dtype(torch.float32)
rng = np.random.RandomState(5)

N, BATCH = 150, 16
x = rng.normal(size=(N, 6)).astype(np.float32)
y = (np.argmax(x @ rng.normal(size=(6, 3)) + 0.5 * rng.normal(size=(N, 3)), axis=1)).astype(np.int64)

SHAPES = [
    ("dense/kernel", (6, 8)),
    ("batch_normalization/gamma", (8,)), ("batch_normalization/beta", (8,)),
    ("dense_1/kernel", (8, 8)),
    ("batch_normalization_1/gamma", (8,)), ("batch_normalization_1/beta", (8,)),
    ("dense_2/kernel", (8, 3)), ("dense_2/bias", (3,)),
]
first = {}
for name, shape in SHAPES:
    a = rng.uniform(-0.6, 0.6, size=shape)
    if name.endswith("gamma"):
        a = 1 + a / 2
    first[name] = a.astype(np.float32)


def forward(w, moving, xb):
    h = xb
    for i in ("", "_1"):
        h = h @ w["dense%s/kernel" % i]
        mean, var = h.mean(0), h.var(0, unbiased=False)
        n = "batch_normalization%s/" % i
        with torch.no_grad():
            moving[n + "moving_mean"] = moving[n + "moving_mean"] * 0.99 + mean * 0.01
            moving[n + "moving_variance"] = moving[n + "moving_variance"] * 0.99 + var * 0.01
        h = (h - mean) / torch.sqrt(var + 1e-3) * w[n + "gamma"] + w[n + "beta"]
        h = torch.relu(h)
    return h @ w["dense_2/kernel"] + w["dense_2/bias"]


def run(step):
    w = {k: torch.tensor(v, requires_grad=True) for k, v in first.items()}
    moving = {}
    for i in ("", "_1"):
        moving["batch_normalization%s/moving_mean" % i] = torch.zeros(8)
        moving["batch_normalization%s/moving_variance" % i] = torch.ones(8)
    total = right = 0.0
    update = step(w)
    for t, at in enumerate(range(0, N, BATCH), 1):
        xb, yb = torch.tensor(x[at:at + BATCH]), torch.tensor(y[at:at + BATCH])
        z = forward(w, moving, xb)
        loss = F.cross_entropy(z, yb)
        total += float(loss) * len(xb)
        right += float((z.argmax(1) == yb).sum())
        for v in w.values():
            v.grad = None
        loss.backward()
        update(t)
    out = {k: v.detach().numpy().ravel().tolist() for k, v in w.items()}
    out.update({k: v.numpy().ravel().tolist() for k, v in moving.items()})
    return {"weights": out, "loss": total / N, "accuracy": right / N}


def sgd(w):
    o = torch.optim.SGD(list(w.values()), lr=0.05, momentum=0.9)
    return lambda t: o.step()


def nesterov(w):
    o = torch.optim.SGD(list(w.values()), lr=0.05, momentum=0.9, nesterov=True)
    return lambda t: o.step()


def adam(w):
    m = {k: torch.zeros_like(v) for k, v in w.items()}
    s = {k: torch.zeros_like(v) for k, v in w.items()}

    def update(t):
        alpha = 0.01 * np.sqrt(1 - 0.999 ** t) / (1 - 0.9 ** t)
        with torch.no_grad():
            for k, v in w.items():
                m[k] += (v.grad - m[k]) * (1 - 0.9)
                s[k] += (v.grad ** 2 - s[k]) * (1 - 0.999)
                v -= m[k] * alpha / (torch.sqrt(s[k]) + 1e-7)
    return update


out = {
    "torch": torch.__version__,
    "batch": BATCH,
    "x": x.ravel().tolist(), "y": y.tolist(),
    "first": {k: v.ravel().tolist() for k, v in first.items()},
    "sgd": run(sgd), "nesterov": run(nesterov), "adam": run(adam),
}
short = json.loads(json.dumps(out), parse_float=lambda s: float("%.9g" % float(s)))
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "pytorch.json"), "w") as f:
    json.dump(short, f, separators=(",", ":"))
    f.write("\n")
