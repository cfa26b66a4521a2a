#!/usr/bin/python3
"""Writes golden.txt: batch and layer normalisation and their gradients by
PyTorch in float64, for TestPyTorch. One array a line: name, then its numbers."""
import torch

torch.manual_seed(1)
torch.set_default_dtype(torch.float64)
rows, C, eps = 6, 19, 1e-3
x = (torch.randn(rows, C) * 2 + 5).float().double().requires_grad_()
dy = torch.randn(rows, C).float().double()
gamma = torch.randn(C).float().double().requires_grad_()
beta = torch.randn(C).float().double().requires_grad_()


def line(name, t):
    print(name, *["%.9g" % v for v in t.detach().reshape(-1).tolist()])


for n, t in [("x", x), ("dy", dy), ("gamma", gamma), ("beta", beta)]:
    line(n, t)
line("mean", x.mean(0))
line("variance", x.var(0, unbiased=False))
for kind in "batch", "layer":
    if kind == "batch":
        y = torch.nn.functional.batch_norm(x, None, None, gamma, beta, True, 0.1, eps)
    else:
        y = torch.nn.functional.layer_norm(x, (C,), gamma, beta, eps)
    dx, dgamma, dbeta = torch.autograd.grad(y, (x, gamma, beta), dy)
    for n, t in [("y", y), ("dx", dx), ("dgamma", dgamma), ("dbeta", dbeta)]:
        line(kind + "_" + n, t)
