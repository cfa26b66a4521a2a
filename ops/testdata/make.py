"""Writes keras.jsonl: functional models of one or a few operations, inputs and the outputs that Keras gives.

Run: KERAS_BACKEND=tensorflow python make.py > keras.jsonl   (Keras 3.15.1, TensorFlow 2.21)
"""
import json

import keras
import numpy as np
from keras import ops

rng = np.random.default_rng(7)


def numbers(a):
    return [float(f"{v:.9g}") for v in np.asarray(a, "float64").ravel()]


def case(name, f, *shapes, kind="any", dtype="float32"):
    """f on inputs of the shapes. kind: any, positive, ids."""
    xs = [keras.Input(s, dtype=dtype) for s in shapes]
    ys = f(*xs)
    ys = list(ys) if isinstance(ys, (list, tuple)) else [ys]
    m = keras.Model(xs, ys)
    data = []
    for s in shapes:
        if dtype == "int32":
            data.append(rng.integers(0, 5, (3, *s)).astype("int32"))
        elif kind == "positive":
            data.append(rng.uniform(0.3, 2, (3, *s)).astype("float32"))
        else:
            data.append(rng.uniform(-1.5, 1.5, (3, *s)).astype("float32"))
    out = m.predict(data if len(data) > 1 else data[0], verbose=0)
    out = out if isinstance(out, list) else [out]
    print(json.dumps({"name": name, "config": json.loads(m.to_json()), "kind": kind,
                      "x": [{"shape": list(d.shape), "values": numbers(d)} for d in data],
                      "y": [{"shape": list(d.shape), "values": numbers(d)} for d in out]},
                     separators=(",", ":")))


for n in ["absolute", "negative", "square", "sign", "exp", "expm1", "sin", "cos", "tan", "sinh", "cosh", "tanh", "erf",
          "floor", "ceil", "trunc", "deg2rad", "rad2deg", "exp2", "isnan", "isinf", "isfinite", "logical_not", "copy",
          "relu", "relu6", "sigmoid", "softplus", "softsign", "silu", "log_sigmoid", "hard_sigmoid", "hard_silu", "selu",
          "tanh_shrink", "hard_tanh", "sparse_plus", "sparse_sigmoid", "leaky_relu", "elu", "celu", "gelu", "squareplus",
          "hard_shrink", "soft_shrink", "softmax", "log_softmax", "round", "fabs", "stop_gradient", "ones_like",
          "zeros_like"]:
    case(n, getattr(ops, n), (3, 4))
for n in ["log", "log1p", "log2", "log10", "sqrt", "rsqrt", "reciprocal"]:
    case(n, getattr(ops, n), (3, 4), kind="positive")
for n in ["add", "subtract", "multiply", "divide", "true_divide", "divide_no_nan", "floor_divide", "mod", "maximum",
          "minimum", "hypot", "logaddexp", "equal", "not_equal", "less", "less_equal", "greater", "greater_equal",
          "logical_and", "logical_or", "logical_xor"]:
    case(n, getattr(ops, n), (3, 4), (1, 4))
case("power", ops.power, (3, 4), (3, 4), kind="positive")
case("operators", lambda x, y: (1 - x) * 2.0 + y / 4 - -x ** 2 + abs(y) + x % 2 + (3.5 - y), (3, 4), (3, 4))
case("integers", lambda x, y: [x + y * 2 - 1, x // 2, x % 3, ops.cast(x, "float32") / 2, x > y, ops.maximum(x, 2)],
     (4,), (4,), dtype="int32")
case("clip", lambda x: ops.clip(x, -0.5, 0.7), (3, 4))
case("where", lambda x, y: ops.where(x > y, x * 2, 0.5), (3, 4), (3, 4))
case("casts", lambda x: [ops.cast(x, "int32"), ops.cast(x > 0.2, "float32"), ops.convert_to_tensor(x)], (4,))
case("full_like", lambda x: ops.full_like(x, 2.5), (3, 4))
case("round 1", lambda x: ops.round(x, 1), (3, 4))
case("activations with keys", lambda x: [ops.leaky_relu(x, 0.1), ops.elu(x, 0.7), ops.celu(x, 0.5),
                                         ops.gelu(x, approximate=False), ops.squareplus(x, 3), ops.hard_shrink(x, 0.3),
                                         ops.soft_shrink(x, 0.2), ops.threshold(x, 0.1, -2.0),
                                         ops.softmax(x, axis=1), ops.log_softmax(x, axis=1)], (3, 4))
case("glu", lambda x: [ops.glu(x), ops.glu(x, axis=1)], (2, 4))
for n in ["sum", "mean", "max", "min", "amax", "amin", "var", "std", "ptp", "any", "all", "prod", "logsumexp"]:
    case(n, lambda x, f=getattr(ops, n): [f(x, axis=1), f(x, axis=(1, 2), keepdims=True), f(x, axis=-1)], (3, 4, 2))
case("max initial", lambda x: [ops.max(x, axis=1, initial=0.5), ops.min(x, axis=1, initial=0.5)], (3, 4))
case("count_nonzero", lambda x: ops.count_nonzero(ops.relu(x), axis=1), (5,))
case("average", lambda x: [ops.average(x, axis=1), ops.average(x, axis=1, weights=np.array([1.0, 2.0, 3.0], "float32"))], (3, 4))
case("argmax", lambda x: [ops.argmax(x, axis=1), ops.argmin(x, axis=-1), ops.argmax(x, axis=1, keepdims=True)], (3, 4))
case("cumsum", lambda x: [ops.cumsum(x, axis=1), ops.cumprod(x, axis=2)], (5, 3))
case("norm", lambda x: [ops.norm(x, axis=-1), ops.norm(x, ord=1, axis=1), ops.norm(x, ord=3, axis=1, keepdims=True),
                        ops.norm(x, axis=(1, 2))], (3, 4))
case("normalize", lambda x: [ops.normalize(x), ops.normalize(x, axis=1, order=1), ops.normalize(x, order=3)], (3, 4))
case("reshape", lambda x: [ops.reshape(x, (-1, 6, 2)), ops.reshape(ops.reshape(x, (-1, 4)), (-1, 3, 4))], (3, 4))
case("transpose", lambda x: [ops.transpose(x, (0, 2, 1, 3)), ops.swapaxes(x, 1, 3), ops.moveaxis(x, 1, -1),
                             ops.moveaxis(x, [1, 3], [2, 1])], (2, 3, 4))
case("expand", lambda x: [ops.expand_dims(x, 1), ops.expand_dims(x, -1), ops.expand_dims(x, (1, -1)),
                          ops.squeeze(ops.expand_dims(x, 2), axis=2), ops.squeeze(ops.expand_dims(x, (1, 2)))], (3, 4))
case("broadcast_to", lambda x: ops.broadcast_to(x, (3, 4, 2)), (1, 2))
case("tile", lambda x: [ops.tile(x, (1, 2, 3)), ops.repeat(x, 2, axis=1), ops.repeat(x, [1, 2, 3], axis=1)], (3, 2))
case("join", lambda x, y: [ops.concatenate([x, y], axis=1), ops.concatenate([x, y, x], axis=-1), ops.stack([x, y], axis=1),
                           ops.stack([x, y], axis=-1)], (3, 4), (3, 4))
case("split", lambda x: [*ops.split(x, 2, axis=2), *ops.split(x, [1, 3], axis=2), *ops.unstack(x, axis=1)], (2, 4))
case("flip", lambda x: [ops.flip(x, axis=1), ops.flip(x, axis=(1, 2)), ops.roll(x, 1, axis=1), ops.roll(x, -2, axis=2)],
     (3, 4))
case("pad", lambda x: [ops.pad(x, ((0, 0), (1, 2), (0, 1))), ops.pad(x, ((0, 0), (2, 1), (1, 1)), constant_values=1.5),
                       ops.pad(x, ((0, 0), (2, 1), (1, 1)), mode="reflect"),
                       ops.pad(x, ((0, 0), (2, 1), (1, 1)), mode="symmetric")], (3, 4))
case("items", lambda x: [x[:, 1], x[:, -1, 1:3], x[..., 0], x[:, ::2], x[:, ::-1], x[:, None, 2], x[:, 3:0:-2], x[..., None],
                         x[:, -3:-1]], (5, 4))
case("take", lambda x: [ops.take(x, [0, 2, -1], axis=1), ops.take(x, 1, axis=2), ops.take(x, [[0, 1], [2, 0]], axis=1)],
     (3, 4))
case("table", lambda x: ops.take(np.arange(10, dtype="float32").reshape(5, 2) / 3, x, axis=0), (4,), dtype="int32")
case("slice", lambda x: ops.slice(x, (0, 1, 1), (3, 2, 2)), (3, 4))
case("triangles", lambda x: [ops.tril(x), ops.triu(x, 1)], (4, 4))
case("one_hot", lambda x: [ops.one_hot(x, 5), ops.one_hot(x, 6, axis=1)], (4,), dtype="int32")
case("matmul", lambda x, y: [ops.matmul(x, y), x @ y, ops.matmul(x, np.arange(12, dtype="float32").reshape(4, 3) / 7)],
     (3, 4), (4, 2))
case("dot", lambda x: [ops.dot(x, np.arange(8, dtype="float32").reshape(4, 2) / 5)], (3, 4))
case("einsum", lambda x, y: [ops.einsum("bij,bjk->bik", x, y), ops.einsum("bij,bjk->bki", x, y),
                             ops.einsum("bij,bjk->b", x, y), ops.einsum("bij->bji", x), ops.einsum("bij->bi", x),
                             ops.einsum("bij,bjk,bji->bk", x, y, y)], (3, 4), (4, 3))
case("squared distance", lambda x, y: ops.sum(ops.square(x - y), axis=-1, keepdims=True), (4,), (4,))
