#!/usr/bin/env python3
"""What the recurrent models of real Keras give, by numpy: GORAE_SHARED=... python3 recurrent.py > recurrent.json

The formulas are written out below and know nothing of gorae. Keras's order of gates: LSTM i f c o, GRU z r h with
reset_after. Inputs are functions of their place alone, so that the test makes the same ones.
"""
import io
import json
import os
import zipfile

import h5py
import numpy as np


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def simple_rnn(x, w, sequences, backwards):
    k, u, b = w
    h, out = np.zeros((len(x), u.shape[0])), []
    for t in range(x.shape[1])[:: -1 if backwards else 1]:
        h = np.tanh(x[:, t] @ k + h @ u + b)
        out.append(h)
    return np.stack(out, 1) if sequences else h


def lstm(x, w, sequences, backwards):
    k, u, b = w
    n = u.shape[0]
    h, c, out = np.zeros((len(x), n)), np.zeros((len(x), n)), []
    for t in range(x.shape[1])[:: -1 if backwards else 1]:
        z = x[:, t] @ k + h @ u + b
        c = sigmoid(z[:, n:2 * n]) * c + sigmoid(z[:, :n]) * np.tanh(z[:, 2 * n:3 * n])
        h = sigmoid(z[:, 3 * n:]) * np.tanh(c)
        out.append(h)
    return np.stack(out, 1) if sequences else h


def gru(x, w, sequences, backwards):
    k, u, b = w
    n = u.shape[0]
    h, out = np.zeros((len(x), n)), []
    for t in range(x.shape[1])[:: -1 if backwards else 1]:
        p, q = x[:, t] @ k + b[0], h @ u + b[1]
        z, r = sigmoid(p[:, :n] + q[:, :n]), sigmoid(p[:, n:2 * n] + q[:, n:2 * n])
        h = z * h + (1 - z) * np.tanh(p[:, 2 * n:] + r * q[:, 2 * n:])
        out.append(h)
    return np.stack(out, 1) if sequences else h


LOOPS = {"SimpleRNN": simple_rnn, "LSTM": lstm, "GRU": gru}
ACT = {"linear": lambda x: x, "sigmoid": sigmoid, "relu": lambda x: np.maximum(x, 0), "tanh": np.tanh}


def predict(path, x):
    z = zipfile.ZipFile(path)
    layers = json.loads(z.read("config.json"))["config"]["layers"]
    h = h5py.File(io.BytesIO(z.read("model.weights.h5")), "r")
    names = {"Embedding": "embedding", "SimpleRNN": "simple_rnn", "LSTM": "lstm", "GRU": "gru", "Dense": "dense",
             "Bidirectional": "bidirectional", "Conv1D": "conv1d"}
    count = {}

    def read(group):
        v = h["layers/" + group + "/vars"]
        return [v[str(i)][()].astype(np.float64) for i in range(len(v))]

    for layer in layers:
        name, cfg = layer["class_name"], layer["config"]
        if name in ("InputLayer", "Dropout"):
            continue
        group = None
        if name in names:
            i = count.get(name, 0)
            count[name] = i + 1
            group = names[name] + (f"_{i}" if i else "")
        if name == "Embedding":
            x = read(group)[0][x.astype(int)]
        elif name == "Dense":
            k, b = read(group)
            x = ACT[cfg["activation"]](x @ k + b)
        elif name in LOOPS:
            x = LOOPS[name](x, read(group + "/cell"), cfg["return_sequences"], cfg["go_backwards"])
        elif name == "Bidirectional":
            assert cfg["merge_mode"] == "concat"
            inner = cfg["layer"]
            seq = inner["config"]["return_sequences"]
            f = LOOPS[inner["class_name"]](x, read(group + "/forward_layer/cell"), seq, False)
            b = LOOPS[inner["class_name"]](x, read(group + "/backward_layer/cell"), seq, True)
            x = np.concatenate([f, b[:, ::-1] if seq else b], -1)
        elif name == "Conv1D":
            k, b = read(group)
            n = x.shape[1] - len(k) + 1
            x = ACT[cfg["activation"]](sum(x[:, j:j + n] @ k[j] for j in range(len(k))) + b)
        elif name == "MaxPooling1D":
            n = x.shape[1] // 2
            x = x[:, :2 * n].reshape(len(x), n, 2, -1).max(2)
        else:
            raise SystemExit("no formula for " + name)
    return x


BATCH = 3
cases = []
for path, kind in [("keras3/best-gru-model.keras", "ids"), ("keras3/best-embedding-model.keras", "ids"), ("keras3/best-simplernn-model.keras", "one-hot"),
                   ("bilstm-nifty/bilstm_model.keras", "numbers"), ("cnn-lstm-delladeldel/cnn_lstm_model.keras", "numbers")]:
    file = os.path.join(os.environ["GORAE_SHARED"], "models", path)
    shape = json.loads(zipfile.ZipFile(file).read("config.json"))["config"]["layers"][0]["config"]["batch_shape"][1:]
    n = BATCH * int(np.prod(shape))
    i = np.arange(n)
    if kind == "ids":
        x = (i * 7919 % 500).astype(float)
    elif kind == "one-hot":
        x = (i % shape[1] == i // shape[1] * 37 % shape[1]).astype(float)
    else:
        x = (i * 31 % 101) / 101  # in float32 the same to 1e-8
    y = predict(file, x.reshape([BATCH] + shape))
    cases.append({"file": path, "kind": kind, "batch": BATCH, "shape": shape, "y": y.flatten().tolist()})
print(json.dumps({"cases": cases}, indent=1))
