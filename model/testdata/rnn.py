#!/usr/bin/env python3
"""Recurrent cells by PyTorch in float64: python3 rnn.py > rnn.json

For each case the outputs, the gradients of the mean of (y - target)**2 over all elements of the sequence, and the
weights after one step of SGD. LSTM, GRU and SimpleRNN are PyTorch's own layers, with the weights' blocks in Keras's
order and, where Keras has one bias, PyTorch's second bias fixed at 0. GRU without reset_after, UGRNN, masks and
recurrent dropout do not exist in PyTorch: they are written out below, step by step.
"""
import json

import torch

torch.manual_seed(7)
torch.set_default_dtype(torch.float64)
BATCH, STEPS, M, K = 3, 4, 2, 3
RATE = 0.1


def rnd(*shape):
    return (torch.rand(*shape) * 2 - 1).float().double()  # float32 numbers


def torch_order(w, blocks, order):
    """Keras [.., blocks*k] to PyTorch [blocks*k, ..]."""
    parts = torch.chunk(w, blocks, dim=-1)
    return torch.cat([parts[i] for i in order], dim=-1).T.contiguous() if w.dim() > 1 else torch.cat([parts[i] for i in order])


def library(kind, x, init, kernel, recurrent, bias):
    net, blocks, order = {
        "SimpleRNN": (torch._VF.rnn_tanh, 1, [0]),
        "LSTM": (torch._VF.lstm, 4, [0, 1, 2, 3]),  # i f g o in both
        "GRU": (torch._VF.gru, 3, [1, 0, 2]),  # PyTorch: r z n
    }[kind]
    zero = torch.zeros(blocks * K)
    if bias is None:
        b = [zero, zero]
    elif bias.dim() == 2:
        b = [torch_order(bias[0], blocks, order), torch_order(bias[1], blocks, order)]
    else:
        b = [torch_order(bias, blocks, order), zero]
    w = [torch_order(kernel, blocks, order), torch_order(recurrent, blocks, order), *b]
    h = [s.unsqueeze(0) for s in init]
    # What the layers torch.nn.RNN, LSTM and GRU call: gradients flow to the leaves in Keras's order.
    out, *last = net(x, h if len(h) > 1 else h[0], w, True, 1, 0.0, False, False, True)
    return out, [s.squeeze(0) for s in last]


def by_hand(kind, x, init, kernel, recurrent, bias, mask=None):
    h, c = init[0], init[-1]
    y, ys = torch.zeros_like(h), []
    for t in range(STEPS):
        p = x[:, t] @ kernel + (bias if bias is not None else 0)
        if kind == "GRU before":
            pz, pr, pg = torch.chunk(p, 3, -1)
            uz, ur, ug = torch.chunk(recurrent, 3, -1)
            z, r = torch.sigmoid(pz + h @ uz), torch.sigmoid(pr + h @ ur)
            n = [z * h + (1 - z) * torch.tanh(pg + (r * h) @ ug)]
        elif kind == "UGRNN":
            g, f = torch.chunk(p + h @ recurrent, 2, -1)
            n = [(1 - torch.sigmoid(f)) * torch.tanh(g) + torch.sigmoid(f) * h]
        elif kind == "LSTM":
            i, f, g, o = torch.chunk(p + h @ recurrent, 4, -1)
            c1 = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
            n = [torch.sigmoid(o) * torch.tanh(c1), c1]
        if mask is None:
            h, c, y = n[0], n[-1], n[0]
        else:
            m = mask[:, t:t + 1]
            y = torch.where(m > 0, n[0], y)
            h, c = torch.where(m > 0, n[0], h), torch.where(m > 0, n[-1], c)
        ys.append(y)
    return torch.stack(ys, 1), [h, c][:len(init)]


cases = []
for name, kind, config in [
    ("SimpleRNN", "SimpleRNN", {}), ("LSTM", "LSTM", {}), ("GRU", "GRU", {}),
    ("SimpleRNN no bias", "SimpleRNN", {"use_bias": False}), ("LSTM no bias", "LSTM", {"use_bias": False}), ("GRU no bias", "GRU", {"use_bias": False}),
    ("GRU before", "GRU before", {"reset_after": False}), ("UGRNN", "UGRNN", {}),
    ("LSTM masked", "LSTM", {"mask": True}), ("UGRNN masked", "UGRNN", {"mask": True}), ("GRU before masked", "GRU before", {"reset_after": False, "mask": True}),
]:
    blocks = {"SimpleRNN": 1, "LSTM": 4, "GRU": 3, "GRU before": 3, "UGRNN": 2}[kind]
    x, target = rnd(BATCH, STEPS, M), rnd(BATCH, STEPS, K)
    masked = config.pop("mask", False)
    if masked:  # a gap in the middle, padding before, padding behind; padding is 0 in all features
        for b, t in [(0, 1), (0, 2), (1, 0), (2, 3)]:
            x[b, t] = 0
    mask = (x.abs().sum(-1) > 0).double() if masked else None
    init = [rnd(BATCH, K) for _ in range(2 if kind == "LSTM" else 1)]
    weights = {"kernel": rnd(M, blocks * K), "recurrent_kernel": rnd(K, blocks * K)}
    if config.get("use_bias", True):
        weights["bias"] = rnd(2, 3 * K) if kind == "GRU" else rnd(blocks * K)
    leaves = [x] + init + list(weights.values())
    for v in leaves:
        v.requires_grad_(True)
    if name in ("SimpleRNN", "LSTM", "GRU") or "no bias" in name:
        y, last = library(kind, x, init, weights["kernel"], weights["recurrent_kernel"], weights.get("bias"))
    else:
        y, last = by_hand(kind, x, init, weights["kernel"], weights["recurrent_kernel"], weights.get("bias"), mask)
    loss = ((y - target) ** 2).mean()
    grads = torch.autograd.grad(loss, leaves)
    flat = lambda v: v.detach().flatten().tolist()
    cases.append({
        "name": name, "class": kind.split()[0], "config": config, "masked": masked, "batch": BATCH, "steps": STEPS, "features": M, "units": K, "rate": RATE,
        "x": flat(x), "target": flat(target), "init": [flat(v) for v in init], "weights": {k: {"shape": list(v.shape), "data": flat(v)} for k, v in weights.items()},
        "y": flat(y), "last": [flat(v) for v in last], "loss": loss.item(),
        "dx": flat(grads[0]), "dinit": [flat(g) for g in grads[1:1 + len(init)]],
        "dweights": {k: flat(g) for k, g in zip(weights, grads[1 + len(init):])},
        "after": {k: flat(v - RATE * g) for (k, v), g in zip(weights.items(), grads[1 + len(init):])},
    })


def conv_lstm(x, kernel, recurrent, bias, stride, same):
    """x [batch, steps, places.., channels], kernels [k.., in, 4f] in Keras's order; zeros where the window leaves the places."""
    n = x.dim() - 3
    conv = torch.nn.functional.conv1d if n == 1 else torch.nn.functional.conv2d
    k, f = kernel.shape[:n], recurrent.shape[-2]

    def over(v, w, stride, same):  # v [batch, channels, places..]
        pad = []
        for a in reversed(range(n)):  # torch.nn.functional.pad begins with the last axis
            size = v.shape[2 + a]
            need = max((-(-size // stride[a]) - 1) * stride[a] + k[a] - size, 0) if same else 0
            pad += [need // 2, need - need // 2]
        return conv(torch.nn.functional.pad(v, pad), w.permute(n + 1, n, *range(n)), stride=tuple(stride))

    chan = lambda v: v.movedim(-1, 1)
    h = c = None
    for t in range(x.shape[1]):
        p = over(chan(x[:, t]), kernel, stride, same) + bias.reshape(1, -1, *[1] * n)
        if h is None:
            h = c = torch.zeros(x.shape[0], f, *p.shape[2:])
        i, fg, g, o = torch.chunk(p + over(h, recurrent, [1] * n, True), 4, 1)
        c = torch.sigmoid(fg) * c + torch.sigmoid(i) * torch.tanh(g)
        h = torch.sigmoid(o) * torch.tanh(c)
    return h.movedim(1, -1)


convs = []
for cls, shape, k, stride, same in [("ConvLSTM1D", [3, 5, 2], [3], [2], True), ("ConvLSTM2D", [2, 4, 5, 1], [2, 3], [1, 1], False), ("ConvLSTM2D", [3, 3, 4, 2], [2, 2], [1, 2], True)]:
    f = 2
    x = rnd(2, *shape)
    weights = {"kernel": rnd(*k, shape[-1], 4 * f), "recurrent_kernel": rnd(*k, f, 4 * f), "bias": rnd(4 * f)}
    leaves = [x] + list(weights.values())
    for v in leaves:
        v.requires_grad_(True)
    y = conv_lstm(x, *weights.values(), stride, same)
    target = rnd(*y.shape)
    grads = torch.autograd.grad(((y - target) ** 2).mean(), leaves)
    convs.append({"class": cls, "config": {"filters": f, "kernel_size": k, "strides": stride, "padding": "same" if same else "valid"},
                  "shape": shape, "x": flat(x), "y": flat(y), "target": flat(target), "weights": {n: {"shape": list(v.shape), "data": flat(v)} for n, v in weights.items()},
                  "dx": flat(grads[0]), "dweights": {n: flat(g) for n, g in zip(weights, grads[1:])}})
print(json.dumps({"cases": cases, "convs": convs}))
