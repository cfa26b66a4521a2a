"""The larger networks of networks_large.go in PyTorch, by name: model, shape of a sample, number of ids (0: numbers)."""
import torch
from torch import nn
from torch.nn import functional as F


class Block(nn.Module):
    """Two convolutions with a way around them (He et al. 2016)."""

    def __init__(self, a, b, stride):
        super().__init__()
        self.c1, self.b1 = nn.Conv2d(a, b, 3, stride, 1, bias=False), nn.BatchNorm2d(b)
        self.c2, self.b2 = nn.Conv2d(b, b, 3, 1, 1, bias=False), nn.BatchNorm2d(b)
        self.way = nn.Sequential(nn.Conv2d(a, b, 1, stride, bias=False), nn.BatchNorm2d(b)) if stride > 1 else nn.Identity()

    def forward(self, x):
        return F.relu(self.b2(self.c2(F.relu(self.b1(self.c1(x))))) + self.way(x))


def resnet18():
    layers, channels = [nn.Conv2d(3, 64, 3, padding=1, bias=False), nn.BatchNorm2d(64), nn.ReLU()], 64
    for i, filters in enumerate((64, 128, 256, 512)):
        layers += [Block(channels, filters, 2 if i else 1), Block(filters, filters, 1)]
        channels = filters
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(512, 10))


class Encoder(nn.Module):
    """A layer of a transformer, normalized before each part."""

    def __init__(self, features, heads, wide):
        super().__init__()
        self.heads = heads
        self.n1, self.n2 = nn.LayerNorm(features), nn.LayerNorm(features)
        self.qkv, self.out = nn.Linear(features, 3 * features), nn.Linear(features, features)
        self.up, self.down = nn.Linear(features, wide), nn.Linear(wide, features)

    def forward(self, x):
        b, t, d = x.shape
        q, k, v = self.qkv(self.n1(x)).view(b, t, 3, self.heads, d // self.heads).permute(2, 0, 3, 1, 4)
        x = x + self.out(F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(b, t, d))
        return x + self.down(F.gelu(self.up(self.n2(x))))


class Encoders(nn.Module):
    """Four encoder layers over 128 ids and their places, and the mean over the steps."""

    def __init__(self, steps=128, features=128):
        super().__init__()
        self.table, self.place = nn.Embedding(10000, features), nn.Parameter(torch.randn(steps, features) * 0.02)
        self.layers, self.out = nn.Sequential(*(Encoder(features, 4, 512) for _ in range(4))), nn.Linear(features, 10)

    def forward(self, x):
        return self.out(self.layers(self.table(x) + self.place).mean(1))


class Recurrent(nn.Module):
    """The last step of recurrent layers, over a table of ids or not."""

    def __init__(self, rnn, units, table=None):
        super().__init__()
        self.table, self.rnn, self.out = table or nn.Identity(), rnn, nn.Linear(units, 1)

    def forward(self, x):
        return self.out(self.rnn(self.table(x))[0][:, -1])


def dense(widths):
    """Dense layers with relu between them."""
    layers = []
    for a, b in zip(widths, widths[1:]):
        layers += [nn.Linear(a, b), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


LARGE = {
    "L1": (lambda: dense((784, 2048, 2048, 10)), (784,), 0),
    "L2": (resnet18, (3, 32, 32), 0),
    "L3": (lambda: Recurrent(nn.LSTM(32, 256, num_layers=2, batch_first=True), 256), (100, 32), 0),
    "L4": (Encoders, (128,), 10000),
    "L5": (lambda: Recurrent(nn.GRU(256, 512, batch_first=True), 512, nn.Embedding(20000, 256)), (100,), 20000),
    "L6": (lambda: dense((32, 256, 256, 256, 1)), (32,), 0),
}
