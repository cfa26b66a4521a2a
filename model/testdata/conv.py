#!/usr/bin/env python3
"""One step of SGD on convolutional networks in one, two and three dimensions, by PyTorch in float64.

    python3 conv.py > conv.json

Each network is conv - batch normalisation - relu - max pooling, twice, and a dense layer with softmax; the rate is 1, so
that the step is as great as the weights. Values and kernels are written as Keras has them: channels last, kernels
[extents..., channels, filters]. What differs from PyTorch's defaults: epsilon of the normalisation is 0.001, moving' = 0.99 moving + 0.01
batch with the biased variance, as in Keras; so it is written by hand.
"""
import json

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
torch.manual_seed(5)
CONV = [F.conv1d, F.conv2d, F.conv3d]
POOL = [F.max_pool1d, F.max_pool2d, F.max_pool3d]


def f32(x):
    return x.float().double()


def flat(x):
    return [float("%.9g" % v) for v in x.detach().flatten().tolist()]


def conv(x, w, pad, **attr):
    n = x.dim() - 2
    x = F.pad(x.movedim(-1, 1), [p for lohi in reversed(pad) for p in lohi])
    return CONV[n - 1](x, w.movedim(-1, 0).movedim(-1, 1), **attr).movedim(1, -1)


def pool(x, size, pad):
    n = x.dim() - 2
    x = F.pad(x.movedim(-1, 1), [p for lohi in reversed(pad) for p in lohi], value=-float("inf"))
    return POOL[n - 1](x, size, size).movedim(1, -1)


def norm(x, p, name, state):
    axes = tuple(range(x.dim() - 1))
    mean, var = x.mean(axes), x.var(axes, unbiased=False)
    state[name + "/moving_mean"] = 0.01 * mean.detach()
    state[name + "/moving_variance"] = 0.99 + 0.01 * var.detach()
    return (x - mean) / torch.sqrt(var + 1e-3) * p[name + "/gamma"] + p[name + "/beta"]


def run(name, shape, batch, kernels, convs, pools, classes):
    p = {}
    for i, k in enumerate(kernels):
        suffix = "_%d" % i if i else ""
        n = torch.tensor(k[:-1]).prod().item()
        p["conv%s/kernel" % suffix] = f32(torch.randn(*k) / n ** 0.5)
        p["norm%s/gamma" % suffix] = f32(1 + 0.2 * torch.randn(k[-1]))
        p["norm%s/beta" % suffix] = f32(0.2 * torch.randn(k[-1]))
    x = f32(torch.randn(batch, *shape))
    y = torch.randint(0, classes, (batch,))

    def features(state):
        h = x
        for i in range(len(kernels)):
            suffix = "_%d" % i if i else ""
            h = conv(h, p["conv%s/kernel" % suffix], **convs[i])
            h = torch.relu(norm(h, p, "norm" + suffix, state))
            h = pool(h, *pools[i])
        return h.flatten(1)

    width = features({}).shape[1]
    p["out/kernel"] = f32(torch.randn(width, classes) / width ** 0.5)
    p["out/bias"] = f32(0.1 * torch.randn(classes))
    for w in p.values():
        w.requires_grad_(True)
    state = {}
    loss = F.cross_entropy(features(state) @ p["out/kernel"] + p["out/bias"], y)
    loss.backward()
    return dict(name=name, shape=list(shape), x=flat(x), y=y.tolist(), loss=loss.item(), start={k: flat(w) for k, w in p.items()},
                weights={k: flat(w - w.grad) for k, w in p.items()}, states={k: flat(w) for k, w in state.items()})


NONE = (0, 0)
runs = [
    run("1-D", (13, 3), 6, [(3, 3, 5), (4, 5, 6)], [dict(pad=[(4, 0)], dilation=2), dict(pad=[(1, 2)], stride=2)], [((2,), [(0, 1)]), ((2,), [NONE])], 3),
    run("2-D", (9, 8, 2), 5, [(3, 3, 2, 4), (3, 2, 2, 6)], [dict(pad=[(1, 1), (1, 1)]), dict(pad=[NONE, NONE], groups=2)],
        [((2, 2), [NONE, NONE]), ((2, 2), [NONE, (0, 1)])], 4),
    run("3-D", (4, 6, 5, 2), 4, [(2, 3, 2, 2, 3), (2, 2, 2, 3, 4)], [dict(pad=[(0, 1), (1, 1), (0, 1)]), dict(pad=[NONE, NONE, NONE])],
        [((2, 2, 1), [NONE, NONE, NONE]), ((1, 2, 2), [NONE, NONE, NONE])], 3),
]
print(json.dumps(runs))
