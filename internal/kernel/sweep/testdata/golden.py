#!/usr/bin/python3
"""Writes golden.txt: ten steps of PyTorch's optimisers in float64, for
TestPyTorch. A line is a name and its numbers; g holds ten gradients of 19
weights. Keras adds epsilon elsewhere (under the root in RMSprop, to the root not yet
corrected for bias in Adam); 1e-12 here and 1e-7 there move a weight by less than 1e-5."""
import torch

torch.manual_seed(1)
torch.set_default_dtype(torch.float64)
n, steps, lr, eps = 19, 10, 0.01, 1e-12
w0 = torch.randn(n).float().double()
g = torch.randn(steps, n).float().double()


def line(name, t):
    print(name, *["%.9g" % v for v in t.detach().reshape(-1).tolist()])


line("w", w0)
line("g", g)
o = torch.optim
for name, make in [
    ("SGD", lambda p: o.SGD(p, lr)),
    ("Momentum", lambda p: o.SGD(p, lr, momentum=0.9)),
    ("Nesterov", lambda p: o.SGD(p, lr, momentum=0.9, nesterov=True)),
    ("RMSprop", lambda p: o.RMSprop(p, lr, alpha=0.9, eps=eps)),
    ("RMSpropMomentum", lambda p: o.RMSprop(p, lr, alpha=0.9, eps=eps, momentum=0.9)),
    ("Adam", lambda p: o.Adam(p, lr, betas=(0.9, 0.999), eps=eps)),
    ("AdamW", lambda p: o.AdamW(p, lr, betas=(0.9, 0.999), eps=eps, weight_decay=0.004)),
    ("AMSGrad", lambda p: o.AdamW(p, lr, betas=(0.9, 0.999), eps=eps, weight_decay=0.004, amsgrad=True)),
]:
    w = w0.clone().requires_grad_()
    opt = make([w])
    for t in range(steps):
        w.grad = g[t].clone()
        opt.step()
    line(name, w)
