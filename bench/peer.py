"""The PyTorch side of the benchmarks: one process, one workload.

usage: peer.py WORKLOAD THREADS
       peer.py export FOLDER WORKLOAD...
       peer.py losses FOLDER STEPS BLOCKS
       peer.py check

Reads a number of iterations from each line of standard input, runs them, and answers
with the seconds they took. Denormals are flushed; the environment that tunes the
libraries is set by the driver (bench/main.go). The second form writes WORKLOAD.onnx
and WORKLOAD.json, what peer.js needs to run workloads of inference in onnxruntime.
The third form prints the losses of the first steps from gorae's weights (bench/same.go). The fourth prints what a
tuned library has: the speed of a product on one thread, and the pages that an array costs when its memory was in use
before (bench/refuse.go).
"""
import bisect
import json
import math
import os
import random
import sys
import time
import warnings

import torch
from torch import nn

from peer_large import LARGE

torch.set_flush_denormal(True)
torch.manual_seed(1)
random.seed(1)


def conv2(a, b, pad=0):
    return [nn.Conv2d(a, b, 3, padding=pad), nn.ReLU()]


def cifar(norm):
    layers, channels = [], 3
    for filters in (32, 64, 128):
        for _ in range(2):
            layers.append(nn.Conv2d(channels, filters, 3, padding=1))
            if norm:
                layers.append(nn.BatchNorm2d(filters))
            layers.append(nn.ReLU())
            channels = filters
        layers.append(nn.MaxPool2d(2))
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(2048, 128), nn.ReLU(), nn.Linear(128, 10))


class Last(nn.Module):
    """The last step of a recurrent layer."""

    def __init__(self, rnn, units):
        super().__init__()
        self.rnn, self.out = rnn, nn.Linear(units, 1)

    def forward(self, x):
        return self.out(self.rnn(x)[0][:, -1])


class Step(nn.Module):
    """One step of a stream, with the state handed in and out."""

    def __init__(self):
        super().__init__()
        self.rnn, self.out = nn.LSTM(3, 64, batch_first=True), nn.Linear(64, 1)

    def forward(self, x, h, c):
        y, (h, c) = self.rnn(x, (h, c))
        return self.out(y[:, -1]), h, c


class Text(nn.Module):
    def __init__(self):
        super().__init__()
        self.table = nn.Embedding(20000, 128)
        self.rest = Last(nn.LSTM(128, 64, num_layers=2, batch_first=True), 64)

    def forward(self, x):
        return self.rest(self.table(x))


VOCABULARY, SENTENCE = 8000, 20


class Seq2Seq(nn.Module):
    """An encoder and a decoder of 256 gated recurrent units, with attention between them (Luong et al. 2015)."""

    def __init__(self):
        super().__init__()
        self.source_embedding, self.target_embedding = nn.Embedding(VOCABULARY, 256), nn.Embedding(VOCABULARY, 256)
        self.encoder, self.decoder = nn.GRU(256, 256, batch_first=True), nn.GRU(256, 256, batch_first=True)
        self.both, self.next = nn.Linear(512, 256), nn.Linear(256, VOCABULARY)

    def forward(self, source, target):
        e, state = self.encoder(self.source_embedding(source))
        h, _ = self.decoder(self.target_embedding(target), state)
        context = torch.bmm(torch.softmax(torch.bmm(h, e.transpose(1, 2)), 2), e)
        return self.next(torch.tanh(self.both(torch.cat((context, h), 2))))

    def load(self, arrays):
        """Takes Keras's weights: kernels [inputs, outputs], gates z, r, n where PyTorch has r, z, n."""
        def gates(x):
            z, r, n = x.chunk(3, -1)
            return torch.cat((r, z, n), -1)
        with torch.no_grad():
            for name in ("source_embedding", "target_embedding"):
                getattr(self, name).weight.copy_(arrays[name + "/embeddings"])
            for name in ("encoder", "decoder"):
                gru = getattr(self, name)
                gru.weight_ih_l0.copy_(gates(arrays[name + "/cell/kernel"]).t())
                gru.weight_hh_l0.copy_(gates(arrays[name + "/cell/recurrent_kernel"]).t())
                gru.bias_ih_l0.copy_(gates(arrays[name + "/cell/bias"])[0])
                gru.bias_hh_l0.copy_(gates(arrays[name + "/cell/bias"])[1])
            for name in ("both", "next"):
                getattr(self, name).weight.copy_(arrays[name + "/kernel"].t())
                getattr(self, name).bias.copy_(arrays[name + "/bias"])


class GlobalMax(nn.Module):
    def forward(self, x):
        return x.amax(2)


def series(kind):
    return Last(kind(3, 64, batch_first=True), 64)


CLASSES, FIGURE, BIT = nn.CrossEntropyLoss(), nn.MSELoss(), nn.BCEWithLogitsLoss()


def EACH_STEP(y, ids):
    return CLASSES(y.flatten(0, 1), ids.flatten())


def adam_of(parameters, lr):
    """Adam in one pass over all weights, where PyTorch has that on the CPU (2.4)."""
    fused = {"fused": True} if tuple(map(int, torch.__version__.split(".")[:2])) >= (2, 4) else {}
    return torch.optim.Adam(parameters, lr=lr, **fused)


# name: model, shape of a sample, loss
NETWORKS = {
    "mlp": (lambda: nn.Sequential(nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 512), nn.ReLU(), nn.Linear(512, 10)), (784,), CLASSES),
    "one": (lambda: nn.Linear(1, 1), (1,), FIGURE),
    "cnn": (lambda: nn.Sequential(*conv2(1, 32), nn.MaxPool2d(2), *conv2(32, 64), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(1600, 10)), (1, 28, 28), CLASSES),
    "cifar": (lambda: cifar(False), (3, 32, 32), CLASSES),
    "cifar-bn": (lambda: cifar(True), (3, 32, 32), CLASSES),
    "lstm": (lambda: series(nn.LSTM), (390, 3), FIGURE),
    "gru": (lambda: series(nn.GRU), (390, 3), FIGURE),
    "rnn": (lambda: series(nn.RNN), (390, 3), FIGURE),
    "text": (Text, (200,), BIT),
    "words": (Text, (200,), BIT),
    "seq2seq": (Seq2Seq, (SENTENCE,), EACH_STEP),
    "conv1d": (lambda: nn.Sequential(nn.Conv1d(3, 64, 3), nn.ReLU(), nn.Conv1d(64, 64, 3), nn.ReLU(), GlobalMax(), nn.Linear(64, 1)), (3, 390), FIGURE),
    "conv3d": (lambda: nn.Sequential(nn.Conv3d(1, 16, 3), nn.ReLU(), nn.MaxPool3d(2), nn.Conv3d(16, 32, 3), nn.ReLU(), nn.Flatten(), nn.Linear(4000, 10)), (1, 16, 16, 16), CLASSES),
    "lstm512": (lambda: Last(nn.LSTM(512, 512, batch_first=True), 512), (100, 512), FIGURE),
}
for large, wanted in zip(LARGE, (CLASSES, CLASSES, FIGURE, CLASSES, BIT, FIGURE)):
    NETWORKS[large] = (*LARGE[large][:2], wanted)
IDS = {"text": 20000} | {large: ids for large, (_, _, ids) in LARGE.items() if ids}


def spec(name):
    """A network by name; lstm-1000 is lstm over 1000 steps."""
    kind, _, steps = name.partition("-")
    if steps.isdigit():
        make, shape, loss = NETWORKS[kind]
        return make, (int(steps), *shape[1:]), loss
    return NETWORKS[name]


def batch(name, size):
    """The inputs, a tuple, and the target."""
    _, shape, loss = spec(name)
    if name == "seq2seq":
        source, target, y = (torch.randint(0, VOCABULARY, (size, *shape)) for _ in range(3))
        return (source, target), y
    if name == "words":  # after Zipf and Mandelbrot, as networks.go draws them
        x = torch.multinomial((torch.arange(20000) + 2.7) ** -1.1, size * shape[0], replacement=True).reshape(size, *shape)
    elif name in IDS:
        x = torch.randint(0, IDS[name], (size, *shape))
    else:
        x = torch.randn(size, *shape)
    if len(shape) == 3:  # pictures: the layout in which PyTorch's convolutions are fastest
        x = x.contiguous(memory_format=torch.channels_last)
    y = torch.randint(0, 10, (size,)) if loss is CLASSES else torch.randint(0, 2, (size, 1)).float()
    return (x,), y


def network(name):
    make, shape, _ = spec(name)
    model = make()
    if len(shape) == 3:
        model = model.to(memory_format=torch.channels_last)
    return model


def train(name, size):
    """One Adam step per iteration, over eight batches in turn."""
    model, loss = network(name), spec(name)[2]
    batches = [batch(name, size) for _ in range(8)]
    adam = adam_of(model.parameters(), 1e-3)
    count = 0

    def step():
        nonlocal count
        x, y = batches[count % 8]
        count += 1
        adam.zero_grad(set_to_none=True)
        loss(model(*x), y).backward()
        adam.step()
    return step


def infer(name, size):
    """One forward pass per iteration."""
    model = network(name).eval()
    x, _ = batch(name, size)

    def step():
        with torch.inference_mode():
            model(*x)
    return step


def stream():
    """One step of a sequence per iteration, from state to state."""
    model, x = Step().eval(), torch.randn(1, 1, 3)
    h, c = torch.zeros(1, 1, 64), torch.zeros(1, 1, 64)

    def step():
        nonlocal h, c
        with torch.inference_mode():
            _, h, c = model(x, h, c)
    return step


def agent():
    """64 steps of CartPole by deep Q-learning, as agent.go has them: physics in plain floats, a buffer of tensors."""
    def network():
        return nn.Sequential(nn.Linear(4, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 2))
    online, target = network(), network()
    target.load_state_dict(online.state_dict())
    adam = adam_of(online.parameters(), 5e-4)
    room, size, gamma, n = 50000, 64, 0.99, 3
    seen, after = torch.zeros(room, 4), torch.zeros(room, 4)
    actions, rewards, discounts = torch.zeros(room, dtype=torch.long), torch.zeros(room), torch.zeros(room)
    state, recent, steps, length, stored = None, [], 0, 0, 0

    def reset():
        nonlocal state, length
        state, length = [random.uniform(-0.05, 0.05) for _ in range(4)], 0

    def store(terminated):
        nonlocal stored
        i, (x, a, _) = stored % room, recent[0]
        reward = sum(gamma ** k * r for k, (_, _, r) in enumerate(recent))
        seen[i], after[i] = torch.tensor(x), torch.tensor(state)
        actions[i], rewards[i], discounts[i] = a, reward, 0.0 if terminated else gamma ** len(recent)
        stored += 1
        recent.pop(0)

    def act():
        nonlocal state, steps, length
        if random.random() < (1 if steps < 1000 else 0.05):
            a = random.randrange(2)
        else:
            with torch.inference_mode():
                a = int(online(torch.tensor(state)).argmax())
        x, v, angle, w = state
        force, sin, cos = 10.0 if a == 1 else -10.0, math.sin(angle), math.cos(angle)
        t = (force + 0.05 * w * w * sin) / 1.1
        turn = (9.8 * sin - cos * t) / (0.5 * (4 / 3 - 0.1 * cos * cos / 1.1))
        recent.append((state, a, 1.0))
        state = [x + 0.02 * v, v + 0.02 * (t - 0.05 * turn * cos / 1.1), angle + 0.02 * w, w + 0.02 * turn]
        steps, length = steps + 1, length + 1
        terminated = abs(state[0]) > 2.4 or abs(state[2]) > 12 * 2 * math.pi / 360
        done = terminated or length == 500
        while len(recent) == n or done and recent:
            store(terminated)
        if done:
            reset()

    def update():
        i = torch.randint(0, min(stored, room), (size,))
        with torch.no_grad():
            best = online(after[i]).argmax(1, keepdim=True)
            y = rewards[i] + discounts[i] * target(after[i]).gather(1, best).squeeze(1)
        q = online(seen[i]).gather(1, actions[i].unsqueeze(1)).squeeze(1)
        adam.zero_grad(set_to_none=True)
        nn.functional.smooth_l1_loss(q, y).backward()
        nn.utils.clip_grad_norm_(online.parameters(), 10)
        adam.step()

    def step():
        for _ in range(64):
            act()
            if steps >= 1000 and steps % 2 == 0:
                update()
            if steps % 500 == 0:
                target.load_state_dict(online.state_dict())

    reset()
    for _ in range(2000 // 64):
        step()
    return step


def text():
    """The words of vectors.go, numbered by falling count, the number of the sentence of each place and the counts."""
    total, sums = 0.0, []
    for k in range(20000):
        total += (k + 2.7) ** -1.1
        sums.append(total)
    words, state = [], 1
    for _ in range(6400 * 63):
        state = (state * 1664525 + 1013904223) % 2**32
        words.append(bisect.bisect_left(sums, state / 2**32 * total))
    words = torch.tensor(words)
    counts = torch.bincount(words)
    order = counts.argsort(descending=True, stable=True)
    number = torch.empty_like(order)
    number[order] = torch.arange(len(order))
    counts = counts[order]
    return number[words], torch.arange(len(words)) // 63, counts[counts > 0].double()


def skipgram():
    """8,192 places of a text, sentences' ends counted, by skip-gram with negative sampling, as word2vec.Trainer goes
    through them; the updates of a block are made at once, which is what large operations ask for. An iteration returns
    the mean loss of a prediction."""
    words, sentence, counts = text()
    size, window, negative, rate, block = 100, 5, 5, 0.025, 8192 * 63 // 64
    share = counts / counts.sum() / 1e-4
    keep = (share.rsqrt() + 1 / share).float()
    noise = (counts ** 0.75).cumsum(0)
    noise = (noise / noise[-1]).float()
    inner, outer = (torch.rand(len(counts), size) - 0.5) / size, torch.zeros(len(counts), size)
    at = 0

    @torch.inference_mode()
    def step():
        nonlocal at
        w, s = words[at:at + block], sentence[at:at + block]
        at = at + block if at + block < len(words) else 0
        kept = torch.rand(len(w)) < keep[w]
        w, s = w[kept], s[kept]
        reach = torch.randint(1, window + 1, (len(w),))
        drawn = torch.searchsorted(noise, torch.rand(len(w), negative)).clamp_(max=len(counts) - 1)
        targets = torch.cat((w[:, None], drawn), 1)
        middle, context = [], []
        for d in range(1, window + 1):
            near = s[:-d] == s[d:]
            i = (near & (reach[:-d] >= d)).nonzero().squeeze(1)
            j = (near & (reach[d:] >= d)).nonzero().squeeze(1) + d
            middle += [i, j]
            context += [i + d, j - d]
        middle, context = torch.cat(middle), w[torch.cat(context)]
        ids = targets[middle]
        x, t = inner[context], outer[ids]
        z = torch.bmm(t, x[:, :, None]).squeeze(2)
        counted = torch.ones_like(z)
        counted[:, 1:] = ids[:, 1:] != ids[:, :1]
        signed = -z
        signed[:, 0] = z[:, 0]
        loss = -(nn.functional.logsigmoid(signed) * counted).sum() / len(z)
        g = -torch.sigmoid(z)
        g[:, 0] += 1
        g *= counted * rate
        inner.index_add_(0, context, torch.bmm(g[:, None], t).squeeze(1))
        outer.index_add_(0, ids.flatten(), (g[:, :, None] * x[:, None]).flatten(0, 1))
        return loss
    return step


def losses(folder, steps, blocks):
    """The losses of the first steps of seq2seq from gorae's weights, and of skip-gram."""
    with open(os.path.join(folder, "arrays.json")) as f:
        listed = json.load(f)
    with open(os.path.join(folder, "arrays.bin"), "rb") as f:
        numbers = bytearray(f.read())
    arrays, batch, at = {}, [], 0
    for a in listed:
        n = math.prod(a["shape"])
        x = torch.frombuffer(numbers, dtype=getattr(torch, a["dtype"]), count=n, offset=at).reshape(a["shape"])
        at += 4 * n
        if a["path"]:
            arrays[a["path"]] = x
        else:
            batch.append(x.long())
    model = Seq2Seq()
    model.load(arrays)
    sgd = torch.optim.SGD(model.parameters(), lr=1)
    network, vectors = [], []
    for _ in range(steps):
        sgd.zero_grad()
        loss = EACH_STEP(model(*batch[:-1]), batch[-1])
        loss.backward()
        sgd.step()
        network.append(loss.item())
    block = skipgram()
    for _ in range(2):
        vectors.append(sum(block().item() for _ in range(blocks // 2)) / (blocks // 2))
    print(json.dumps({"network": network, "vectors": vectors}))


def gemm(m, n, k, ta, tb):
    a = torch.randn(k, m).t() if ta else torch.randn(m, k)
    b = torch.randn(n, k).t() if tb else torch.randn(k, n)
    c = torch.empty(m, n)
    return lambda: torch.mm(a, b, out=c)


def export(folder, workloads):
    """Writes networks with a fixed batch, in PyTorch's own layout, which is onnxruntime's too."""
    warnings.filterwarnings("ignore")
    for w in workloads:
        kind, net, size = (w.split(":") + ["1"])[:3]
        if kind == "stream":
            state = (torch.zeros(1, 1, 64), torch.zeros(1, 1, 64))
            model, x, names, results = Step(), (torch.randn(1, 1, 3), *state), ["x", "h", "c"], ["y", "h1", "c1"]
        else:
            model, x, names, results = spec(net)[0](), (batch(net, int(size))[0][0].contiguous(),), ["x"], ["y"]
        model.eval()
        path = os.path.join(folder, w.replace(":", "-"))
        torch.onnx.export(model, x, path + ".onnx", input_names=names, output_names=results, opset_version=14)
        y = model(*x)
        shapes = {
            "inputs": [{"name": n, "type": str(t.dtype)[6:], "shape": list(t.shape), "below": 20000} for n, t in zip(names, x)],
            "outputs": [{"name": n, "type": str(t.dtype)[6:], "shape": list(t.shape), "to": n[:-1] if n != "y" else ""}
                        for n, t in zip(results, y if isinstance(y, tuple) else (y,))],
        }
        with open(path + ".json", "w") as f:
            json.dump(shapes, f)


def build(name):
    kind, _, rest = name.partition(":")
    if kind in ("train", "infer"):
        net, size = rest.split(":")
        return (train if kind == "train" else infer)(net, int(size))
    if kind == "stream":
        return stream()
    if kind == "agent":
        return agent()
    if kind == "vectors":
        return skipgram()
    if kind == "nothing":
        return lambda: None
    if kind == "gemm":
        m, n, k, t = rest.split("x")
        return gemm(int(m), int(n), int(k), t[0] == "t", t[1] == "t")
    sys.exit(f"peer.py: no workload {name}")


def check():
    """Prints GFLOP/s of 512x512x512 on one thread, the best of some runs, and page faults of an array of 32 MB made
    anew, the least of some runs."""
    import resource
    torch.set_num_threads(1)
    x = torch.randn(512, 512)
    best, faults = 1e9, 1 << 30
    for _ in range(30):
        start = time.process_time()
        torch.mm(x, x)
        best = min(best, time.process_time() - start)
    for _ in range(5):
        before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
        torch.ones(8 << 20)
        faults = min(faults, resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
    print(json.dumps({"gflops": 2 * 512 ** 3 / best / 1e9, "faults": faults, "version": torch.__version__}))


if sys.argv[1] == "export":
    export(sys.argv[2], sys.argv[3:])
    sys.exit()
if sys.argv[1] == "losses":
    torch.set_num_threads(1)
    losses(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
    sys.exit()
if sys.argv[1] == "check":
    check()
    sys.exit()
torch.set_num_threads(int(sys.argv[2]))
step = build(sys.argv[1])
step()
print("ready", flush=True)
for line in sys.stdin:
    n = int(line)
    start = time.perf_counter()
    for _ in range(n):
        step()
    print(time.perf_counter() - start, flush=True)
