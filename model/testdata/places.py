#!/usr/bin/env python3
"""Layers over series, pictures and volumes by PyTorch: values, and gradients with respect to inputs and weights.

    python3 places.py > places.json

Kernels are written as Keras has them: [extents..., channels / groups, filters], depthwise [extents..., channels, multiplier], transposed
[extents..., filters, channels]. The gradient is that of sum(y * (1 + i / 2)), i counting y's elements. What PyTorch has not (causal, same, an uneven
padding) is a padding by hand before it.
"""
import json

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
torch.manual_seed(11)
CONV = [F.conv1d, F.conv2d, F.conv3d]
CONVT = [F.conv_transpose1d, F.conv_transpose2d, F.conv_transpose3d]
MAX = [F.max_pool1d, F.max_pool2d, F.max_pool3d]
AVG = [F.avg_pool1d, F.avg_pool2d, F.avg_pool3d]
cases = []


def r(*shape):
    return (torch.randn(*shape) * 64).round() / 64


def flat(x):
    return [float("%.9g" % v) for v in x.detach().flatten().tolist()]


def case(cls, config, f, shape, *weights):
    """f takes and gives channels first; x is written as data_format says."""
    last = config.get("data_format") != "channels_first"
    x = r(2, *shape)
    xs = [x] + list(weights)
    for v in xs:
        v.requires_grad_(True)
    y = f(x.movedim(-1, 1) if last else x, *weights)
    if last and y.dim() > 2:
        y = y.movedim(1, -1)
    w = 1 + torch.arange(y.numel()) / 2
    (y.flatten() * w).sum().backward()
    cases.append(dict(cls=cls, config=config, x=flat(x), shape=list(x.shape), weights=[dict(shape=list(v.shape), v=flat(v)) for v in weights],
                      y=flat(y), yshape=list(y.shape), grads=[flat(v.grad) for v in xs]))


def kernel(w):  # [k..., c, f] -> [f, c, k...]
    return w.movedim(-1, 0).movedim(-1, 1)


def pad(x, lohi, value=0.0):
    return F.pad(x, [p for pair in reversed(lohi) for p in pair], value=value)


def same(d, k, s):  # TensorFlow's: the odd one behind
    total = max(0, (-(-d // s) - 1) * s + k - d)
    return (total // 2, total - total // 2)


def conv(n, shape, filters, k, s=1, d=1, groups=1, padding="valid", bias=True, act=None, fmt=None):
    k = [k] * n if isinstance(k, int) else k
    s = [s] * n if isinstance(s, int) else s
    d = [d] * n if isinstance(d, int) else d
    c = shape[0] if fmt else shape[-1]
    places = shape[1:] if fmt else shape[:-1]
    config = dict(filters=filters, kernel_size=k, strides=s, dilation_rate=d, groups=groups, padding=padding, use_bias=bias)
    if act:
        config["activation"] = act
    if fmt:
        config["data_format"] = fmt
    ext = [(a - 1) * b + 1 for a, b in zip(k, d)]
    lohi = [(0, 0)] * n
    if padding == "same":
        lohi = [same(*a) for a in zip(places, ext, s)]
    if padding == "causal":
        lohi = [(e - 1, 0) for e in ext]

    def f(x, w, *b):
        y = CONV[n - 1](pad(x, lohi), kernel(w), *b, stride=s, dilation=d, groups=groups)
        return {None: lambda v: v, "relu": torch.relu, "tanh": torch.tanh, "softmax": lambda v: torch.softmax(v, -1 if fmt else 1)}[act](y)  # Keras's: over the last axis as written

    case("Conv%dD" % n, config, f, shape, r(*k, c // groups, filters), *([r(filters)] if bias else []))


conv(1, (7, 3), 4, 3)
conv(1, (7, 3), 4, 3, d=2, padding="causal", act="tanh")
conv(1, (8, 4), 6, 2, s=3, groups=2, padding="same")
conv(1, (3, 9), 4, 4, s=2, padding="same", fmt="channels_first", bias=False)
conv(1, (3, 9), 2, 3, d=3, padding="causal", fmt="channels_first")
conv(2, (6, 5, 2), 3, [3, 2], act="relu")
conv(2, (6, 5, 4), 6, 3, s=[2, 1], groups=2, padding="same", bias=False)
conv(2, (7, 6, 2), 3, 2, d=[2, 3], padding="same")
conv(2, (2, 6, 5), 3, 3, padding="same", act="softmax", fmt="channels_first")
conv(2, (4, 6, 7), 4, 3, d=2, groups=4, fmt="channels_first")
conv(3, (4, 5, 3, 2), 3, [2, 3, 1], s=[1, 2, 1])
conv(3, (4, 5, 4, 4), 2, 3, padding="same", groups=2, act="tanh")
conv(3, (2, 4, 5, 3), 3, 2, d=[1, 2, 1], padding="same", fmt="channels_first")


def depthwise(n, shape, m, k, s=1, d=1, padding="valid", fmt=None, filters=None):
    """With filters it is a separable convolution: a 1 by 1 convolution follows."""
    c = shape[0] if fmt else shape[-1]
    places = shape[1:] if fmt else shape[:-1]
    config = dict(kernel_size=[k] * n, strides=[s] * n, dilation_rate=[d] * n, depth_multiplier=m, padding=padding)
    if fmt:
        config["data_format"] = fmt
    lohi = [same(p, (k - 1) * d + 1, s) for p in places] if padding == "same" else [(0, 0)] * n

    def deep(x, w, b=None):
        w = w.movedim(-1, 0).movedim(-1, 0).reshape(c * m, 1, *[k] * n)  # [k..., c, m] -> [c, m, k...]
        return CONV[n - 1](pad(x, lohi), w, b, stride=s, dilation=d, groups=c)

    w = r(*[k] * n, c, m)
    if filters is None:
        case("DepthwiseConv%dD" % n, config, deep, shape, w, r(c * m))
    else:
        case("SeparableConv%dD" % n, dict(config, filters=filters), lambda x, w, p, b: CONV[n - 1](deep(x, w), kernel(p), b), shape, w,
             r(*[1] * n, c * m, filters), r(filters))


depthwise(1, (7, 3), 2, 3, padding="same")
depthwise(1, (3, 8), 1, 2, s=2, fmt="channels_first")
depthwise(2, (6, 5, 2), 2, 3, d=2, padding="same")
depthwise(2, (3, 6, 5), 2, 2, s=2, fmt="channels_first")
depthwise(1, (7, 3), 2, 3, d=2, padding="same", filters=4)
depthwise(2, (6, 5, 2), 1, 3, padding="same", filters=3)
depthwise(2, (2, 6, 5), 3, 2, s=2, filters=4, fmt="channels_first")


def transposed(n, shape, filters, k, s=1, d=1, padding="valid", op=None, fmt=None, bias=True):
    c = shape[0] if fmt else shape[-1]
    places = shape[1:] if fmt else shape[:-1]
    config = dict(filters=filters, kernel_size=[k] * n, strides=[s] * n, dilation_rate=[d] * n, padding=padding, use_bias=bias)
    if op is not None:
        config["output_padding"] = [op] * n
    if fmt:
        config["data_format"] = fmt
    ext = (k - 1) * d + 1

    def f(x, w, *b):
        w = w.movedim(-1, 0).movedim(-1, 1)  # [k..., f, c] -> [c, f, k...]
        if op is not None and padding == "valid":
            return CONVT[n - 1](x, w, *b, stride=s, dilation=d, output_padding=op)
        y = CONVT[n - 1](x, w, stride=s, dilation=d)
        cut = []
        for p in places:
            full = (p - 1) * s + ext
            if padding == "same":  # TensorFlow's: what is too much is cut off at both ends, the odd one behind
                out = p * s if op is None else (p - 1) * s + ext % 2 + op
                lo = max(0, full - out) // 2
                cut.append((-lo, out - full + lo))
            else:
                cut.append((0, max(0, s - ext)))
        y = pad(y, cut)
        return y + b[0].reshape(-1, *[1] * n) if b else y

    case("Conv%dDTranspose" % n, config, f, shape, r(*[k] * n, filters, c), *([r(filters)] if bias else []))


transposed(1, (4, 3), 2, 3, s=2)
transposed(1, (4, 3), 2, 2, s=3)
transposed(1, (4, 3), 2, 3, s=2, padding="same", op=1)
transposed(1, (3, 4), 2, 4, s=2, op=1, fmt="channels_first")
transposed(1, (5, 2), 3, 3, d=2)
transposed(2, (3, 4, 2), 3, 3, s=2, padding="same")
transposed(2, (3, 4, 2), 3, 2, s=2, padding="same", bias=False)
transposed(2, (3, 4, 2), 3, 3, s=2, padding="same", op=0)
transposed(2, (2, 3, 4), 3, 3, s=3, op=2, fmt="channels_first")
transposed(2, (3, 4, 2), 2, 2, d=3)
transposed(2, (3, 4, 2), 2, 5, s=2, padding="same")
transposed(3, (2, 3, 2, 2), 2, 2, s=2, padding="same")
transposed(3, (2, 3, 2, 2), 2, 3, s=2, op=1)
transposed(3, (2, 2, 3, 2), 2, 3, padding="same", fmt="channels_first")


def pool(cls, f, n, shape, k, s, padding="valid", fmt=None):
    places = shape[1:] if fmt else shape[:-1]
    config = dict(pool_size=[k] * n, strides=[s] * n, padding=padding)
    if fmt:
        config["data_format"] = fmt
    lohi = [same(p, k, s) for p in places] if padding == "same" else [(0, 0)] * n

    def avg(x):  # padding does not count
        one = torch.ones_like(x)
        return f(pad(x, lohi), k, s) / f(pad(one, lohi), k, s)

    case("%sPooling%dD" % (cls, n), config, avg if cls == "Average" else lambda x: f(pad(x, lohi, -float("inf")), k, s), shape)


for n, shape, first in ((1, (7, 3), (3, 7)), (2, (6, 5, 2), (2, 6, 5)), (3, (4, 3, 5, 2), (2, 4, 3, 5))):
    for cls, fs in (("Max", MAX), ("Average", AVG)):
        pool(cls, fs[n - 1], n, shape, 2, 2)
        pool(cls, fs[n - 1], n, shape, 3, 2, padding="same")
        pool(cls, fs[n - 1], n, first, 2, 1, padding="same", fmt="channels_first")
    axes = tuple(range(2, n + 2))
    for fmt, s in ((None, shape), ("channels_first", first)):
        for keep in (False, True):
            config = dict(keepdims=keep, **({"data_format": fmt} if fmt else {}))
            case("GlobalMaxPooling%dD" % n, config, lambda x: x.amax(axes, keepdim=keep), s)
            case("GlobalAveragePooling%dD" % n, config, lambda x: x.mean(axes, keepdim=keep), s)
        config = dict(output_size=[2] * n, **({"data_format": fmt} if fmt else {}))
        amax = [F.adaptive_max_pool1d, F.adaptive_max_pool2d, F.adaptive_max_pool3d][n - 1]
        aavg = [F.adaptive_avg_pool1d, F.adaptive_avg_pool2d, F.adaptive_avg_pool3d][n - 1]
        case("AdaptiveMaxPooling%dD" % n, config, lambda x: amax(x, 2), s)
        case("AdaptiveAveragePooling%dD" % n, config, lambda x: aavg(x, 2), s)
case("AdaptiveAveragePooling2D", dict(output_size=[4, 7]), lambda x: F.adaptive_avg_pool2d(x, (4, 7)), (6, 5, 2))
case("AdaptiveMaxPooling2D", dict(output_size=[4, 7]), lambda x: F.adaptive_max_pool2d(x, (4, 7)), (6, 5, 2))

case("UpSampling1D", dict(size=3), lambda x: F.interpolate(x, scale_factor=3, mode="nearest"), (4, 2))
case("UpSampling2D", dict(size=[2, 3]), lambda x: F.interpolate(x, scale_factor=(2, 3), mode="nearest"), (3, 4, 2))
case("UpSampling3D", dict(size=[2, 1, 3], data_format="channels_first"), lambda x: F.interpolate(x, scale_factor=(2, 1, 3), mode="nearest"), (2, 3, 2, 2))
for mode in ("bilinear", "bicubic"):  # antialias: PyTorch has a = -1/2 then, as Keras; for enlarging nothing else changes
    case("UpSampling2D", dict(size=[2, 3], interpolation=mode), lambda x: F.interpolate(x, (6, 12), mode=mode, antialias=True), (3, 4, 2))
    case("Resizing", dict(height=3, width=5, interpolation=mode, antialias=True), lambda x: F.interpolate(x, (3, 5), mode=mode, antialias=True), (8, 7, 2))
case("UpSampling2D", dict(size=[3, 2], interpolation="bilinear", data_format="channels_first"), lambda x: F.interpolate(x, (9, 8), mode="bilinear"), (2, 3, 4))
case("Resizing", dict(height=3, width=5, interpolation="bilinear"), lambda x: F.interpolate(x, (3, 5), mode="bilinear"), (8, 7, 2))
case("Resizing", dict(height=3, width=5, interpolation="nearest", data_format="channels_first"), lambda x: F.interpolate(x, (3, 5), mode="nearest-exact"), (2, 8, 7))
case("ZeroPadding1D", dict(padding=[1, 2]), lambda x: F.pad(x, (1, 2)), (4, 2))
case("ZeroPadding2D", dict(padding=[[1, 0], [2, 3]], data_format="channels_first"), lambda x: F.pad(x, (2, 3, 1, 0)), (2, 3, 4))
case("ZeroPadding3D", dict(padding=[[1, 0], [0, 1], [2, 0]]), lambda x: F.pad(x, (2, 0, 0, 1, 1, 0)), (2, 3, 2, 2))
case("Cropping1D", dict(cropping=[1, 2]), lambda x: F.pad(x, (-1, -2)), (6, 2))
case("Cropping2D", dict(cropping=[[1, 0], [1, 2]], data_format="channels_first"), lambda x: F.pad(x, (-1, -2, -1, 0)), (2, 3, 5))
case("Cropping3D", dict(cropping=[[1, 0], [0, 1], [1, 1]]), lambda x: F.pad(x, (-1, -1, 0, -1, -1, 0)), (3, 3, 4, 2))
case("CenterCrop", dict(height=2, width=3), lambda x: x[:, :, 1:3, 1:4], (5, 5, 2))

print("[\n" + ",\n".join(json.dumps(c) for c in cases) + "\n]")
