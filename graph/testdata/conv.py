"""Writes conv.json: convolutions, poolings and resizings with their gradients, by PyTorch in float64.

Values are [samples, places..., channels] and kernels [extents..., channels, filters], as in Keras. The cases are written
as golden.py writes them. Run: python3 conv.py > conv.json
"""
import json
import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
torch.manual_seed(11)
cases = []


def r(*shape):
    return (torch.randn(*shape) * 1.5).mul(64).round().div(64)


def first(x):  # channels first
    return x.movedim(-1, 1)


def last(x):
    return x.movedim(1, -1)


def kern(w):  # [k..., c, f] -> [f, c, k...]
    return w.movedim(-1, 0).movedim(-1, 1)


def case(name, f, *xs):
    xs = [x.clone().requires_grad_(x.is_floating_point()) for x in xs]
    y = f(*xs)
    w = 1 + 0.5 * torch.arange(y.numel()).reshape(y.shape)
    (y * w).sum().backward()
    cases.append(dict(
        name=name,
        x=[dict(shape=list(x.shape), int=False, v=[float("%.10g" % v) for v in x.detach().flatten().tolist()]) for x in xs],
        y=[float("%.10g" % v) for v in y.detach().flatten().tolist()], shape=list(y.shape),
        dx=[[float("%.10g" % v) for v in x.grad.flatten().tolist()] for x in xs]))


CONV = [F.conv1d, F.conv2d, F.conv3d]
CONVT = [F.conv_transpose1d, F.conv_transpose2d, F.conv_transpose3d]
MAX = [F.max_pool1d, F.max_pool2d, F.max_pool3d]
AVG = [F.avg_pool1d, F.avg_pool2d, F.avg_pool3d]
AMAX = [F.adaptive_max_pool1d, F.adaptive_max_pool2d, F.adaptive_max_pool3d]
AAVG = [F.adaptive_avg_pool1d, F.adaptive_avg_pool2d, F.adaptive_avg_pool3d]


def conv(name, x, w, lo=None, hi=None, **attr):
    n = x.dim() - 2
    lo, hi = lo or [0] * n, hi or [0] * n
    pad = [p for a in reversed(range(n)) for p in (lo[a], hi[a])]
    case(name, lambda x, w: last(CONV[n - 1](F.pad(first(x), pad), kern(w), **attr)), x, w)


conv("conv1d", r(2, 6, 3), r(3, 3, 4))
conv("conv1d_causal", r(1, 5, 2), r(3, 2, 2), lo=[4], dilation=2)
conv("conv1d_stride", r(2, 7, 2), r(2, 2, 3), stride=3)
conv("conv2d", r(2, 4, 5, 3), r(3, 2, 3, 2))
conv("conv2d_same", r(1, 5, 4, 2), r(3, 3, 2, 3), lo=[1, 1], hi=[1, 1])
conv("conv2d_odd", r(1, 5, 6, 2), r(2, 3, 2, 2), lo=[0, 2], hi=[1, 1], stride=(2, 3), dilation=(2, 1))
conv("conv2d_groups", r(1, 4, 4, 4), r(2, 2, 2, 6), groups=2)
conv("conv2d_depthwise", r(1, 4, 3, 3), r(3, 2, 1, 6), groups=3)
conv("conv3d", r(1, 3, 4, 3, 2), r(2, 3, 2, 2, 3))
conv("conv3d_same", r(1, 3, 3, 2, 1), r(3, 2, 2, 1, 2), lo=[1, 0, 0], hi=[1, 1, 1], stride=(2, 1, 1))


def convt(name, x, w, **attr):  # the kernel is [k..., out, in]
    n = x.dim() - 2
    case(name, lambda x, w: last(CONVT[n - 1](first(x), kern(w), **attr)), x, w)


convt("conv1d_transpose", r(2, 3, 2), r(3, 4, 2), stride=2, padding=1, output_padding=1)
convt("conv2d_transpose", r(1, 2, 3, 2), r(3, 2, 3, 2), stride=(2, 3), padding=(1, 0), output_padding=(1, 2))
convt("conv2d_transpose_groups", r(1, 3, 2, 4), r(2, 2, 3, 4), groups=2, dilation=(1, 2))
convt("conv3d_transpose", r(1, 2, 2, 2, 1), r(2, 1, 2, 2, 1), stride=(2, 1, 1))

case("max_pool1d", lambda x: last(MAX[0](first(x), 2, 2)), r(2, 7, 2))
case("max_pool2d", lambda x: last(MAX[1](first(x), (2, 3), (2, 1))), r(1, 5, 4, 2))
case("max_pool2d_pad", lambda x: last(MAX[1](first(x), 3, 2, padding=1)), r(1, 5, 4, 2))
# Small whole numbers: ties in most windows, which the first element wins.
case("max_pool2d_ties", lambda x: last(MAX[1](first(x), (2, 3), 1)), (r(1, 6, 6, 1) / 2).round())
case("max_pool3d", lambda x: last(MAX[2](first(x), 2, (1, 2, 2))), r(1, 3, 4, 4, 1))
case("avg_pool1d", lambda x: last(AVG[0](first(x), 3, 2)), r(2, 7, 2))
case("avg_pool2d_pad", lambda x: last(AVG[1](first(x), (3, 2), (2, 2), padding=1, count_include_pad=False)), r(1, 5, 4, 2))
case("avg_pool3d", lambda x: last(AVG[2](first(x), (2, 1, 2), (1, 1, 2))), r(1, 3, 2, 4, 1))
case("adaptive_max1d", lambda x: last(AMAX[0](first(x), 3)), r(2, 7, 2))
case("adaptive_max2d", lambda x: last(AMAX[1](first(x), (3, 2))), r(1, 5, 4, 2))
case("adaptive_max2d_up", lambda x: last(AMAX[1](first(x), (4, 5))), r(1, 3, 2, 1))
case("adaptive_max3d", lambda x: last(AMAX[2](first(x), (2, 1, 3))), r(1, 3, 2, 4, 1))
case("adaptive_avg1d", lambda x: last(AAVG[0](first(x), 3)), r(2, 7, 2))
case("adaptive_avg2d", lambda x: last(AAVG[1](first(x), (3, 2))), r(1, 5, 4, 2))
case("adaptive_avg2d_up", lambda x: last(AAVG[1](first(x), (4, 5))), r(1, 3, 2, 1))
case("adaptive_avg3d", lambda x: last(AAVG[2](first(x), (2, 1, 3))), r(1, 3, 2, 4, 1))

case("nearest", lambda x: last(F.interpolate(first(x), (5, 2), mode="nearest-exact")), r(1, 3, 4, 2))
case("repeat", lambda x: last(F.interpolate(first(x), scale_factor=(3, 2), mode="nearest")), r(1, 2, 3, 2))
case("bilinear", lambda x: last(F.interpolate(first(x), (6, 9), mode="bilinear", align_corners=False)), r(1, 3, 3, 2))
case("bilinear_odd", lambda x: last(F.interpolate(first(x), (5, 3), mode="bilinear", align_corners=False)), r(1, 3, 5, 1))
case("linear", lambda x: last(F.interpolate(first(x), 5, mode="linear", align_corners=False)), r(1, 3, 2))
case("trilinear", lambda x: last(F.interpolate(first(x), (4, 3, 2), mode="trilinear", align_corners=False)), r(1, 2, 3, 1, 1))
# With antialias PyTorch has Keys's cubic with a = -1/2, as Keras; for enlarging nothing else changes.
case("bicubic", lambda x: last(F.interpolate(first(x), (6, 7), mode="bicubic", align_corners=False, antialias=True)), r(1, 3, 4, 1))


# Lanczos by its formula: weights sinc(d) sinc(d / radius), normalised, at half-pixel centres.
def lanczos(n, m, radius):
    p = (torch.arange(m) + 0.5) * n / m - 0.5
    d = p[:, None] - torch.arange(n)[None, :]
    w = torch.where(d.abs() < radius, torch.sinc(d) * torch.sinc(d / radius), torch.zeros(()))
    return w / w.sum(1, keepdim=True)


for radius in (3, 5):
    case("lanczos%d" % radius, lambda x: torch.einsum("ih,jw,nhwc->nijc", lanczos(4, 8, radius), lanczos(3, 5, radius), x), r(1, 4, 3, 2))

for mode in ("bilinear", "bicubic"):
    case(mode + "_antialias", lambda x: last(F.interpolate(first(x), (3, 9), mode=mode, align_corners=False, antialias=True)), r(1, 8, 5, 2))

print("[\n" + ",\n".join(json.dumps(c) for c in cases) + "\n]")
