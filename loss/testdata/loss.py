#!/usr/bin/env python3
"""Values and gradients of losses by PyTorch in float64: python3 loss.py > loss.json

Each case gives one value per sample and the gradient of their mean with respect to the prediction
(the logits where "logits" says how the prediction comes from them).
"""
import json

import torch
import torch.nn.functional as F

torch.manual_seed(3)
torch.set_default_dtype(torch.float64)
cases = []


def case(name, config, y, x, value, logits=""):
    """value(y, x) gives a tensor [batch, ...]; the trailing axes are averaged."""
    x = x.float().double().requires_grad_()
    v = value(y, x)
    v = v.reshape(v.shape[0], -1).mean(1)
    v.mean().backward()
    cases.append({"name": name, "config": config, "logits": logits,
                  "y": {"shape": list(y.shape), "data": y.reshape(-1).tolist(), "int": not y.is_floating_point()},
                  "x": {"shape": list(x.shape), "data": x.detach().reshape(-1).tolist()},
                  "value": v.tolist(), "gradient": x.grad.reshape(-1).tolist()})


y = torch.randn(5, 3).float().double()
x = torch.randn(5, 3) * 2
case("mean_squared_error", {}, y, x, lambda y, x: F.mse_loss(x, y, reduction="none"))
case("mse", {}, torch.randn(4, 2, 3).float().double(), torch.randn(4, 2, 3), lambda y, x: F.mse_loss(x, y, reduction="none"))
case("mae", {}, y, x, lambda y, x: F.l1_loss(x, y, reduction="none"))
case("huber", {}, y, x, lambda y, x: F.huber_loss(x, y, reduction="none"))
case("huber", {"delta": 0.3}, y, x, lambda y, x: F.huber_loss(x, y, reduction="none", delta=0.3))
case("log_cosh", {}, y, x, lambda y, x: torch.log(torch.cosh(x - y)))
case("mape", {}, y, x, lambda y, x: 100 * (y - x).abs() / y.abs())
p = torch.rand(5, 3) * 0.9 + 0.05
case("msle", {}, y.abs(), p, lambda y, x: (torch.log1p(y) - torch.log1p(x)) ** 2)
case("poisson", {}, y.abs().round(), p, lambda y, x: F.poisson_nll_loss(x, y, log_input=False, eps=1e-7, reduction="none"))
case("hinge", {}, torch.sign(y), x, lambda y, x: torch.clamp(1 - y * x, min=0))
case("squared_hinge", {}, torch.sign(y), x, lambda y, x: torch.clamp(1 - y * x, min=0) ** 2)
t = (torch.rand(5, 3) < 0.5).double()
wild = torch.tensor([[30.0, -40, 0.1], [-30, 25, 1], [1, 2, 3], [0, 0, 0], [100, -100, 5]])
bce = lambda y, x: F.binary_cross_entropy_with_logits(x, y, reduction="none")
case("binary_crossentropy", {}, t, p, lambda y, x: F.binary_cross_entropy(x, y, reduction="none"))
case("binary_crossentropy", {"from_logits": True}, t, wild, bce)
case("binary_crossentropy", {}, t, wild, bce, "sigmoid")
case("binary_crossentropy", {"label_smoothing": 0.2}, t, x, lambda y, x: bce(y * 0.8 + 0.1, x), "sigmoid")
one = F.one_hot(torch.tensor([0, 2, 1, 1, 0]), 3).double()
soft = torch.softmax(torch.randn(5, 3), 1).float().double()
ce = lambda y, x: -(y * torch.log_softmax(x, -1)).sum(-1)
norm = lambda x: x / x.sum(-1, keepdim=True)
case("categorical_crossentropy", {}, one, p, lambda y, x: -(y * torch.log(norm(x))).sum(-1))
case("categorical_crossentropy", {"from_logits": True}, soft, x, ce)
case("categorical_crossentropy", {}, one, wild, ce, "softmax")
case("categorical_crossentropy", {"label_smoothing": 0.1}, one, x, lambda y, x: ce(y * 0.9 + 0.1 / 3, x), "softmax")
ids = torch.tensor([0, 2, 1, 1, 0])
sparse = lambda y, x: F.cross_entropy(x, y.reshape(-1), reduction="none")
case("sparse_categorical_crossentropy", {}, ids, p, lambda y, x: -torch.log(norm(x))[torch.arange(5), y])
case("sparse_categorical_crossentropy", {"from_logits": True}, ids, x, sparse)
case("sparse_categorical_crossentropy", {}, ids, wild, sparse, "softmax")
case("sparse_categorical_crossentropy", {}, ids.reshape(5, 1), x, sparse, "softmax")
case("sparse_categorical_crossentropy", {}, ids.double(), x, lambda y, x: sparse(y.long(), x), "softmax")
steps = torch.tensor([[0, 1], [2, 2]])
case("sparse_categorical_crossentropy", {}, steps, torch.randn(2, 2, 3),
     lambda y, x: F.cross_entropy(x.reshape(-1, 3), y.reshape(-1), reduction="none").reshape(2, 2), "softmax")
case("kl_divergence", {}, soft, torch.softmax(torch.randn(5, 3), 1), lambda y, x: (y * torch.log(y / x)).sum(-1))


def pinball(levels):
    """Of quantiles beside each other for each number; quantile/testdata has scikit-learn's numbers."""
    q = torch.tensor(levels)

    def value(y, x):
        e = y.unsqueeze(-1) - x.reshape(*y.shape, len(levels))
        return torch.maximum(q * e, (q - 1) * e)
    return value


case("pinball", {}, y, x, pinball([0.5]))
case("pinball", {"quantiles": [0.9]}, y, x, pinball([0.9]))
case("pinball", {"quantiles": [0.1, 0.5, 0.9]}, y, torch.randn(5, 9), pinball([0.1, 0.5, 0.9]))
case("pinball_loss", {"quantiles": [0.25, 0.75]}, torch.randn(4, 2, 3).float().double(), torch.randn(4, 2, 6),
     pinball([0.25, 0.75]))
print(json.dumps(cases))
