"""Computes a .keras file with h5py and NumPy alone: forward.py FILE INPUTS.npz OUTPUTS.npz

The inputs are x0, x1, …, the outputs become y0, y1, …. Weights are found as Keras 3 finds them
(keras/src/saving/saving_lib.py: _load_state, _load_container_state; keras/src/ops/function.py: map_graph):
by the class of a layer and its count within model.layers. Printed: one line of JSON with the tree
of model.weights.h5.
"""
import io, json, re, sys, zipfile

import h5py
import numpy as np


def snake(name):
    name = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub("([a-z])([A-Z])", r"\1_\2", name).lower()


class Node:
    """One use of a layer."""

    def __init__(self, layer, args):
        self.layer, self.args = layer, args  # args: list of (node, index)


class Layer:
    def __init__(self, cfg, h5, path):
        self.kind, self.cfg, self.nodes = cfg["class_name"], cfg["config"], []
        assert cfg["registered_name"] in (None, "Functional") and cfg["module"].startswith("keras"), cfg
        self.path = path
        self.weights = []
        if self.kind in ("Sequential", "Functional"):
            self.model = Model(cfg, h5, path)
            return
        vars = h5[path + "/vars"]
        assert vars.attrs["name"] == self.cfg["name"], (path, vars.attrs["name"], self.cfg["name"])
        self.weights = [np.array(vars[str(i)]) for i in range(len(vars))]

    def __call__(self, *x):
        c, w = self.cfg, self.weights
        if self.kind in ("Sequential", "Functional"):
            return self.model(list(x))[0]
        if self.kind == "Flatten":
            return x[0].reshape(len(x[0]), -1)
        if self.kind == "Dropout":
            return x[0]
        if self.kind == "Add":
            return sum(x)
        if self.kind == "Concatenate":
            return np.concatenate(x, c["axis"])
        if self.kind == "Dense":
            assert len(w) == (2 if c["use_bias"] else 1)
            y = x[0] @ w[0]
            if c["use_bias"]:
                y = y + w[1]
            return {"linear": lambda y: y, "tanh": np.tanh}[c["activation"]](y)
        if self.kind == "BatchNormalization":
            gamma, beta, mean, variance = w
            return (x[0] - mean) / np.sqrt(variance + c["epsilon"]) * gamma + beta
        if self.kind == "LayerNormalization":
            gamma, beta = w
            m = x[0].mean(-1, keepdims=True)
            return (x[0] - m) / np.sqrt(x[0].var(-1, keepdims=True) + c["epsilon"]) * gamma + beta
        raise ValueError(self.kind)


def tensors(v):
    """The keras_history of each Keras tensor in v, or of each bare [layer, node, tensor]."""
    if isinstance(v, dict):
        if v.get("class_name") == "__keras_tensor__":
            return [tuple(v["config"]["keras_history"])]
        return tensors(v["args"])
    if len(v) == 3 and isinstance(v[0], str):
        return [tuple(v)]
    return [t for x in v for t in tensors(x)]


class Model:
    def __init__(self, cfg, h5, path):
        self.kind, cfg = cfg["class_name"], cfg["config"]
        listed = cfg["layers"]
        if self.kind == "Sequential":
            assert listed[0]["class_name"] == "InputLayer"
            order = [l["config"]["name"] for l in listed[1:]]
        else:
            order = self.operations(cfg)
            # Keras writes the layers in the order in which it lists them.
            assert order == [l["name"] for l in listed], (order, [l["name"] for l in listed])
        by_name = {l["config"]["name"]: l for l in listed}
        assert len(by_name) == len(listed)
        used, self.layers = {}, {}
        for name in order:
            key = snake(by_name[name]["class_name"])
            if key in used:
                used[key] += 1
                key = f"{key}_{used[key]}"
            else:
                used[key] = 0
            self.layers[name] = Layer(by_name[name], h5, (path + "/" if path else "") + "layers/" + key)
        self.cfg = cfg

    def operations(self, cfg):
        """map_graph: nodes in decreasing depth, then operations by depth and order of traversal."""
        nodes = {l["name"]: [] for l in cfg["layers"]}
        for l in cfg["layers"]:
            uses = l["inbound_nodes"] or [{"args": []}]
            nodes[l["name"]] = [Node(l["name"], tensors(u["args"])) for u in uses]
        done, decreasing, index = set(), [], {}

        def helper(history):
            name, k, _ = history
            node = nodes[name][k]
            if node in done:
                return
            index.setdefault(name, len(index))
            for h in node.args:
                helper(h)
            done.add(node)
            decreasing.append(node)

        for h in tensors(cfg["output_layers"]):
            helper(h)
        node_depth, depth = {}, {}
        for node in reversed(decreasing):
            d = max(node_depth.setdefault(node, 0), depth.get(node.layer, 0))
            depth[node.layer] = node_depth[node] = d
            for name, k, _ in node.args:
                parent = nodes[name][k]
                node_depth[parent] = max(d + 1, node_depth.get(parent, 0))
        for name, _, _ in tensors(cfg["input_layers"]):
            if name not in depth:
                depth[name], index[name] = 0, -1
        self.nodes = nodes
        return sorted(depth, key=lambda n: (-depth[n], index[n]))

    def __call__(self, x):
        if self.kind == "Sequential":
            y = x[0]
            for l in self.layers.values():
                y = l(y)
            return [y]
        known = {h[:2]: v for h, v in zip(tensors(self.cfg["input_layers"]), x)}

        def value(name, k):
            if (name, k) not in known:
                known[name, k] = self.layers[name](*[value(*h[:2]) for h in self.nodes[name][k].args])
            return known[name, k]

        return [value(*h[:2]) for h in tensors(self.cfg["output_layers"])]


def main(path, inputs, outputs):
    z = zipfile.ZipFile(path)
    assert z.testzip() is None
    assert all(i.compress_type == zipfile.ZIP_STORED for i in z.infolist())
    assert [i.filename for i in z.infolist()][:3] == ["metadata.json", "config.json", "model.weights.h5"]
    assert set(json.loads(z.read("metadata.json"))) == {"keras_version", "date_saved"}
    cfg = json.loads(z.read("config.json"))
    h5 = h5py.File(io.BytesIO(z.read("model.weights.h5")), "r")
    tree = {}
    h5.visititems(lambda n, o: tree.__setitem__(n, [list(o.shape), str(o.dtype)] if isinstance(o, h5py.Dataset) else None))
    assert h5["vars"].attrs["name"] == cfg["config"]["name"]
    model = Model(cfg, h5, "")
    x = np.load(inputs)
    ys = model([x[f"x{i}"].astype("float64") for i in range(len(x.files))])
    np.savez(outputs, **{f"y{i}": y.astype("float32") for i, y in enumerate(ys)})
    print(json.dumps(tree))


main(*sys.argv[1:])
