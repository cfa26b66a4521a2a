"""Writes golden.json: LSTM, GRU and RNN of PyTorch in float64, forward, gradients and one
SGD step, with their weights in Keras's layout (as package rnn has them).

PyTorch has two biases per gate; but for GRU, whose two biases are Keras's with reset_after,
the second one is 0 and its gradient left out. PyTorch orders GRU's gates r, z, n."""
import json
import os

import torch

torch.manual_seed(5)
torch.set_default_dtype(torch.float64)
BATCH, STEPS, IN, UNITS, RATE = 2, 4, 3, 5, 0.1


def single(x):
    """As float32 has it, so that both sides begin with the same numbers."""
    return x.float().double()


def columns(w, gates, order):
    """[gates*units, n] of PyTorch -> [n, gates*units], gates reordered."""
    return torch.cat([w.chunk(gates)[i] for i in order]).t().contiguous()


def case(kind, net, gates, order):
    for p in net.parameters():
        p.data = single(p.data * 1.5)
    if kind != "gru":
        net.bias_hh_l0.data.zero_()
    x = single(torch.randn(BATCH, STEPS, IN)).requires_grad_()
    h0 = single(torch.randn(1, BATCH, UNITS) / 2).requires_grad_()
    state, c0 = h0, None
    if kind == "lstm":
        c0 = single(torch.randn(1, BATCH, UNITS) / 2).requires_grad_()
        state = (h0, c0)
    y, last = net(x, state)
    dy, dh, dc = single(torch.randn_like(y)), single(torch.randn_like(h0)), single(torch.randn_like(h0))
    h, c = last if kind == "lstm" else (last, None)
    loss = (y * dy).sum() + (h * dh).sum()
    if c is not None:
        loss = loss + (c * dc).sum()
    loss.backward()

    def bias(b, other):
        b, other = columns(b, gates, order), columns(other, gates, order)
        return torch.stack([b, other]) if kind == "gru" else b

    def weights(get):
        return {
            "kernel": columns(get(net.weight_ih_l0), gates, order),
            "recurrent": columns(get(net.weight_hh_l0), gates, order),
            "bias": bias(get(net.bias_ih_l0), get(net.bias_hh_l0)),
        }

    out = {"cell": kind, "batch": BATCH, "steps": STEPS, "in": IN, "units": UNITS, "rate": RATE,
           "x": x, "h0": h0, "y": y, "hT": h, "dy": dy, "dhT": dh, "dx": x.grad, "dh0": h0.grad}
    if c is not None:
        out.update({"c0": c0, "cT": c, "dcT": dc, "dc0": c0.grad})
    before = weights(lambda p: p.data.clone())
    gradients = weights(lambda p: p.grad)
    torch.optim.SGD(net.parameters(), lr=RATE).step()
    after = weights(lambda p: p.data)
    for name in before:
        out[name], out["d" + name], out["next " + name] = before[name], gradients[name], after[name]
    return {k: [float("%.9g" % v) for v in t.detach().flatten()] if torch.is_tensor(t) else t for k, t in out.items()}


cases = [
    case("lstm", torch.nn.LSTM(IN, UNITS, batch_first=True), 4, [0, 1, 2, 3]),
    case("gru", torch.nn.GRU(IN, UNITS, batch_first=True), 3, [1, 0, 2]),
    case("simple", torch.nn.RNN(IN, UNITS, batch_first=True), 1, [0]),
]
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "golden.json"), "w") as f:
    f.write("[\n" + ",\n".join("{" + ",\n ".join(json.dumps(k) + ": " + json.dumps(v) for k, v in c.items()) + "}" for c in cases) + "\n]\n")
