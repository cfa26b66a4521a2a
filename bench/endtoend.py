#!/usr/bin/env python3
"""From a table in a file to predictions in a file: gorae's command beside Keras, PyTorch and scikit-learn with pandas.

    python3 bench/endtoend.py --gorae PROGRAM [--keras PYTHON] [--torch PYTHON] [--sklearn PYTHON] [--rows N,N]
                              [--epochs 5] [--threads 2] [--rounds 3] [--work FOLDER]

Each contestant starts, reads a CSV file of N rows of 20 numbers and a target, takes a fifth of the rows for validation,
learns a network of 128 and 64 ReLU units with Adam at a rate of .001 in batches of 256, evaluates the validation rows
after each epoch, reads N/10 other rows and writes their predictions. Contestants take turns; the table has the medians
of the seconds from start to end with the least and the greatest, the share that is not learning where the contestant
tells it, the peak memory and R² of the predictions. gorae runs as people run it: it also evaluates all rows once more,
computes intervals and baselines, draws pictures and looks for faults, which the others do not. It keeps no table in its
cache. The programs' own thread variables are set, and glibc's malloc keeps its memory.
"""
import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

HIDDEN, BATCH, RATE = (128, 64), 256, 1e-3

EXPERIMENT = """data: {{source: {source}, target: y, task: regression}}
split: {{validation: 0.2, test: 0}}
model: [{{dense: {{units: 128, activation: relu}}}}, {{dense: {{units: 64, activation: relu}}}}, {{dense: 1}}]
train: {{epochs: {epochs}, batch_size: 256, optimizer: {{adam: {{learning_rate: 0.001}}}}}}
"""


def table(path, rows, seed):
    """Twenty normal numbers of different scales, and a target that is smooth in some and has noise of .5."""
    import numpy as np
    rng = np.random.default_rng(seed)
    with open(path, "w") as f:
        f.write(",".join([f"x{j}" for j in range(20)] + ["y"]) + "\n")
        for at in range(0, rows, 20000):
            z = rng.standard_normal((min(20000, rows - at), 20))
            y = 2 * np.cos(2 * z[:, 0]) + z[:, 1] * z[:, 2] + np.maximum(z[:, 3], 0) * z[:, 4] + z[:, 5:].mean(1) * 4
            y += rng.normal(0, .5, len(y))
            x = z * np.geomspace(.1, 100, 20) + np.arange(20)
            for row in np.column_stack([x, y]):
                f.write(",".join(f"{v:.7g}" for v in row) + "\n")


def learn(library, source, test, out, epochs, threads):
    """The contestants in Python, in a process of their own."""
    begun = time.perf_counter()
    import numpy as np
    import pandas as pd
    if library == "keras":
        import keras
    elif library == "torch":
        import torch
        torch.set_num_threads(threads)
    else:
        from sklearn.neural_network import MLPRegressor
    imported = time.perf_counter()
    t = pd.read_csv(source)
    y = t.pop("y").to_numpy("float32")
    x = t.to_numpy("float32")
    order = np.random.default_rng(1).permutation(len(x))
    held, kept = order[:len(x) // 5], order[len(x) // 5:]
    mean, sd = x[kept].mean(0), x[kept].std(0)
    middle, spread = y[kept].mean(), y[kept].std()
    x, y = (x - mean) / sd, (y - middle) / spread
    read = time.perf_counter()
    if library == "keras":
        m = keras.Sequential([keras.Input((20,)), *[keras.layers.Dense(n, activation="relu") for n in HIDDEN],
                              keras.layers.Dense(1)])
        m.compile(keras.optimizers.Adam(RATE), "mse")
        m.fit(x[kept], y[kept], batch_size=BATCH, epochs=epochs, validation_data=(x[held], y[held]), verbose=0)
        predict = lambda x: m.predict(x, batch_size=4096, verbose=0)[:, 0]
    elif library == "torch":
        sizes = (20, *HIDDEN)
        layers = [l for n, k in zip(sizes, HIDDEN) for l in (torch.nn.Linear(n, k), torch.nn.ReLU())]
        m = torch.nn.Sequential(*layers, torch.nn.Linear(HIDDEN[-1], 1))
        adam = torch.optim.Adam(m.parameters(), lr=RATE, fused=True)
        loss = torch.nn.MSELoss()
        some, truth = torch.from_numpy(x[kept]), torch.from_numpy(y[kept])[:, None]
        other, held_truth = torch.from_numpy(x[held]), torch.from_numpy(y[held])[:, None]
        for _ in range(epochs):
            for batch in torch.randperm(len(some)).split(BATCH):
                adam.zero_grad(set_to_none=True)
                loss(m(some[batch]), truth[batch]).backward()
                adam.step()
            with torch.inference_mode():
                loss(m(other), held_truth).item()

        def predict(x):
            with torch.inference_mode():
                return m(torch.from_numpy(x))[:, 0].numpy()
    else:
        import warnings
        warnings.simplefilter("ignore")  # that so few epochs may be too few
        m = MLPRegressor(hidden_layer_sizes=HIDDEN, batch_size=BATCH, learning_rate_init=RATE, max_iter=1, warm_start=True, alpha=0)
        for _ in range(epochs):
            m.fit(x[kept], y[kept])
            m.score(x[held], y[held])
        predict = m.predict
    learnt = time.perf_counter()
    t = pd.read_csv(test).drop(columns="y").to_numpy("float32")
    pd.DataFrame({"y": predict((t - mean) / sd) * spread + middle}).to_csv(out, index=False)
    print(json.dumps({"start": imported - begun, "read": read - imported, "learn": learnt - read,
                      "predict": time.perf_counter() - learnt}))


def timed(commands, env):
    """The seconds of some commands one after the other, and the greatest of their peaks of memory in MB."""
    begun, peak, out = time.perf_counter(), 0, ""
    for c in commands:
        p = subprocess.Popen(c, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        out = p.stdout.read()
        _, status, used = os.wait4(p.pid, 0)
        if status:
            sys.exit(f"{' '.join(c)}: {out[-2000:]}")
        peak = max(peak, used.ru_maxrss / 1e3)
    return time.perf_counter() - begun, peak, out


def fit(test, out):
    """R² of predictions."""
    import csv
    truth = [float(r["y"]) for r in csv.DictReader(open(test))]
    said = [float(next(v for k, v in r.items() if k in ("y", "prediction"))) for r in csv.DictReader(open(out))]
    mean = sum(truth) / len(truth)
    return 1 - sum((a - b) ** 2 for a, b in zip(truth, said)) / sum((a - mean) ** 2 for a in truth)


def main():
    p = argparse.ArgumentParser()
    for name in ("gorae", "keras", "torch", "sklearn"):
        p.add_argument("--" + name)
    p.add_argument("--rows", default="100000,1000000")
    p.add_argument("--epochs", type=int, default=5)
    p.add_argument("--threads", type=int, default=2)
    p.add_argument("--rounds", type=int, default=3)
    p.add_argument("--work")
    p.add_argument("--learn", nargs=4, help=argparse.SUPPRESS)
    a = p.parse_args()
    if a.learn:
        return learn(*a.learn, a.epochs, a.threads)
    work = a.work or tempfile.mkdtemp()
    os.makedirs(work, exist_ok=True)
    n = str(a.threads)
    env = dict(os.environ, OMP_NUM_THREADS=n, OPENBLAS_NUM_THREADS=n, MKL_NUM_THREADS=n, TF_NUM_INTRAOP_THREADS=n,
               TF_NUM_INTEROP_THREADS="1", TF_CPP_MIN_LOG_LEVEL="3", KERAS_BACKEND="tensorflow",
               MALLOC_MMAP_MAX_="0", MALLOC_TRIM_THRESHOLD_="4294967296", MALLOC_TOP_PAD_="67108864")
    for rows in map(int, a.rows.split(",")):
        source, test, out = (os.path.join(work, f"{k}-{rows}.csv") for k in ("train", "test", "predicted"))
        if not os.path.exists(test):
            table(source, rows, 1)
            table(test, rows // 10, 2)
        experiment = os.path.join(work, "experiment.yaml")
        with open(experiment, "w") as f:
            f.write(EXPERIMENT.format(source=source, epochs=a.epochs))
        run = os.path.join(work, "run")
        sides = {"gorae": [[a.gorae, "train", experiment, "--out", run, "--no-cache", "--quiet", "--threads", n],
                           [a.gorae, "predict", os.path.join(run, "model.keras"), "--input", test, "--output", out,
                            "--threads", n]]}
        for name in ("keras", "torch", "sklearn"):
            if python := getattr(a, name):
                sides[name] = [[python, os.path.abspath(__file__), "--epochs", str(a.epochs), "--threads", n, "--learn",
                                name, source, test, out]]
        found = {name: [] for name in sides}
        for _ in range(a.rounds):
            for name, commands in sides.items():
                shutil.rmtree(run, ignore_errors=True)
                seconds, peak, said = timed(commands, env)
                found[name].append((seconds, peak, fit(test, out), said))
        print(f"\n{rows} rows, {a.epochs} epochs, {n} threads, {a.rounds} rounds")
        for name, of in found.items():
            s = [x[0] for x in of]
            line = f"{name:12} {statistics.median(s):7.2f} s ({min(s):.2f}–{max(s):.2f})"
            line += f"  {statistics.median(x[1] for x in of):6.0f} MB  R² {statistics.median(x[2] for x in of):.4f}"
            last = [x[3].strip().splitlines()[-1:] for x in of]
            if said := [json.loads(l[0]) for l in last if l and l[0].startswith("{")]:
                line += "  " + ", ".join(f"{k} {statistics.median(x[k] for x in said):.2f}" for k in said[0])
            print(line, flush=True)


main()
