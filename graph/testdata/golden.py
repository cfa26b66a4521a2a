"""Writes golden.json: values and gradients of the main operations, by PyTorch in float64.

Each case has its operands, the value y, and the gradient of sum(y * w) with respect to each float
operand, w = 1, 1.5, 2, ... in the order of the elements. Run: python3 golden.py > golden.json
"""
import json
import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
torch.manual_seed(7)
cases = []


def r(*shape):
    return (torch.randn(*shape) * 1.5).mul(64).round().div(64)


def case(name, f, *xs):
    xs = [x.clone().requires_grad_(x.is_floating_point()) for x in xs]
    y = f(*xs)
    w = 1 + 0.5 * torch.arange(y.numel()).reshape(y.shape)
    (y * w).sum().backward()
    cases.append(dict(
        name=name,
        x=[dict(shape=list(x.shape), int=not x.is_floating_point(), v=x.detach().flatten().tolist()) for x in xs],
        y=y.detach().flatten().tolist(), shape=list(y.shape),
        dx=[None if x.grad is None else x.grad.flatten().tolist() for x in xs]))


for n, f in dict(exp=torch.exp, expm1=torch.expm1, tanh=torch.tanh, sigmoid=torch.sigmoid, erf=torch.erf, relu=torch.relu,
                 softplus=F.softplus, square=torch.square, recip=torch.reciprocal, sin=torch.sin, cos=torch.cos, abs=torch.abs,
                 neg=torch.neg).items():
    case(n, f, r(2, 3))
for n, f in dict(log=torch.log, log1p=torch.log1p, sqrt=torch.sqrt, rsqrt=torch.rsqrt).items():
    case(n, f, r(2, 3).abs() + 0.25)
for n, f in dict(add=torch.add, sub=torch.sub, mul=torch.mul, div=torch.div, max=torch.maximum, min=torch.minimum).items():
    case(n, f, r(2, 1, 3), r(4, 1))
case("pow", torch.pow, r(2, 3).abs() + 0.25, r(3))
case("gelu", F.gelu, r(7))
case("gelu_tanh", lambda x: 0.5 * x * (1 + torch.tanh((2 / torch.pi) ** 0.5 * (x + 0.044715 * x ** 3))), r(7))
case("elu", lambda x: F.elu(x, 0.5), torch.tensor([-2., -0.5, 0., 0.5, 2.]))
case("leaky_relu", lambda x: F.leaky_relu(x, 0.25), torch.tensor([-2., -0.5, 0., 0.5, 2.]))
case("mean", lambda x: x.mean((0, 2)), r(2, 3, 4))
case("variance", lambda x: x.var((0, 2), unbiased=False), r(2, 3, 4))
case("reduce_max", lambda x: x.amax(1), torch.tensor([[1., 3., 3.], [5., 2., 4.]]))
case("logsumexp", lambda x: torch.logsumexp(x, (0, 2)), r(2, 3, 4))
case("logsumexp_great", lambda x: torch.logsumexp(x, 0), torch.tensor([1000., 999., -1000.]))
case("softmax", lambda x: torch.softmax(x, -1), r(3, 4))
case("softmax_axis0", lambda x: torch.softmax(x, 0), r(3, 4, 2))
case("softmax_great", lambda x: torch.softmax(x, -1), torch.tensor([1000., 1000., -1000.]))
case("log_softmax", lambda x: torch.log_softmax(x, 1), r(2, 4, 3))
ids = torch.tensor([0, 2, 3])
case("sparse_cross_entropy", lambda x, i: F.cross_entropy(x, i, reduction="none"), r(3, 4), ids)
case("cross_entropy", lambda x, t: -(torch.log_softmax(x, -1) * torch.softmax(t, -1)).sum(-1), r(3, 4), r(3, 4))
case("binary_cross_entropy", lambda x, t: F.binary_cross_entropy_with_logits(x, torch.sigmoid(t), reduction="none"), r(3, 4), r(3, 4))
case("binary_cross_entropy_great", lambda x, t: F.binary_cross_entropy_with_logits(x, torch.sigmoid(t), reduction="none"),
     torch.tensor([800., -800.]), torch.tensor([-40., 40.]))
case("batch_norm", lambda x, g, b: F.batch_norm(x, None, None, g, b, True, 0, 1e-3), r(5, 3), r(3), r(3))
case("batch_norm_image", lambda x, g, b: F.batch_norm(x.permute(0, 3, 1, 2), None, None, g, b, True, 0, 1e-3).permute(0, 2, 3, 1),
     r(2, 2, 3, 2), r(2), r(2))
case("matmul", torch.matmul, r(2, 3), r(3, 4))
case("matmul_ta", lambda a, b: a.transpose(-1, -2) @ b, r(3, 2), r(3, 4))
case("matmul_tb", lambda a, b: a @ b.transpose(-1, -2), r(2, 3), r(4, 3))
case("matmul_batch", torch.matmul, r(2, 1, 2, 3), r(3, 3, 2))
case("gather", lambda x, i: x[i], r(4, 2), torch.tensor([[1, 3], [1, 0]]))
case("pick", lambda x, i: torch.gather(x, 1, i[:, None])[:, 0], r(3, 4), ids)
case("scatter_add", lambda x, i: torch.zeros(4, 2).index_add(0, i, x), r(5, 2), torch.tensor([1, 3, 1, 0, 1]))
case("pad", lambda x: F.pad(x, (0, 2, 1, 0), value=0.5), r(2, 3))
case("slice", lambda x: x[1:5:2, 0:4:3], r(5, 4))
case("tile", lambda x: x.repeat(2, 3), r(2, 2))
case("concat", lambda a, b: torch.cat((a, b), 1), r(2, 1), r(2, 3))
case("transpose", lambda x: x.permute(2, 0, 1), r(2, 3, 2))
case("where", lambda c, a, b: torch.where(c > 0, a, b), r(2, 3), r(3), r(2, 1))

print("[\n" + ",\n".join(json.dumps(c) for c in cases) + "\n]")
