"""The PyTorch side of the benchmarks: one process, one workload.

usage: peer.py WORKLOAD THREADS

Reads a number of iterations from each line of standard input, runs them, and answers
with the seconds they took. Denormals are flushed; the environment that tunes the
libraries is set by the driver (bench/main.go).
"""
import sys
import time

import torch
from torch import nn

workload, threads = sys.argv[1], int(sys.argv[2])
torch.set_num_threads(threads)
torch.set_flush_denormal(True)
torch.manual_seed(1)


def mlp():
    return nn.Sequential(
        nn.Linear(784, 512), nn.ReLU(),
        nn.Linear(512, 512), nn.ReLU(),
        nn.Linear(512, 10))


def train(batch):
    """One Adam step of 784-512-512-10 per iteration, over eight batches in turn."""
    model, loss = mlp(), nn.CrossEntropyLoss()
    xs = [torch.randn(batch, 784) for _ in range(8)]
    ys = [torch.randint(0, 10, (batch,)) for _ in range(8)]
    adam = torch.optim.Adam(model.parameters(), lr=1e-3)
    count = 0

    def step():
        nonlocal count
        x, y = xs[count % 8], ys[count % 8]
        count += 1
        adam.zero_grad(set_to_none=True)
        loss(model(x), y).backward()
        adam.step()
    return step


def infer(batch):
    """One forward pass with softmax per iteration."""
    model = nn.Sequential(mlp(), nn.Softmax(dim=1)).eval()
    x = torch.randn(batch, 784)

    def step():
        with torch.inference_mode():
            model(x)
    return step


def gemm(m, n, k, ta, tb):
    a = torch.randn(k, m).t() if ta else torch.randn(m, k)
    b = torch.randn(n, k).t() if tb else torch.randn(k, n)
    c = torch.empty(m, n)
    return lambda: torch.mm(a, b, out=c)


def build(name):
    kind, _, rest = name.partition(":")
    if kind == "train":
        return train(int(rest))
    if kind == "infer":
        return infer(int(rest))
    if kind == "gemm":
        m, n, k, t = rest.split("x")
        return gemm(int(m), int(n), int(k), t[0] == "t", t[1] == "t")
    sys.exit(f"peer.py: no workload {name}")


step = build(workload)
step()
print("ready", flush=True)
for line in sys.stdin:
    n = int(line)
    start = time.perf_counter()
    for _ in range(n):
        step()
    print(time.perf_counter() - start, flush=True)
