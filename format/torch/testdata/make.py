"""PyTorch's state_dicts and what a network gives for them: python make.py (torch 2.15, numpy), in this folder.

Each NAME.pt has a NAME.npz beside it with the input x and the output y at inference."""
import numpy as np
import torch
from torch import nn

torch.manual_seed(5)
torch.set_num_threads(1)


def shaken(m):
    with torch.no_grad():
        for k, v in m.state_dict().items():
            if k.endswith("running_var"):
                v.mul_(torch.rand(v.shape) + 0.5)
            elif v.dtype.is_floating_point:
                v.add_(torch.randn(v.shape) * 0.1)
    return m.eval()


def keep(name, m, x, saved=None):
    with torch.no_grad():
        y = m(x)
    torch.save(m.state_dict() if saved is None else saved, name + ".pt")
    np.savez(name + ".npz", x=x.numpy().astype("float32"), y=y.numpy())


class Last(nn.Module):
    """The last step of a recurrent layer over an embedding, and a Linear."""

    def __init__(self, rnn, width):
        super().__init__()
        self.words, self.rnn, self.head = nn.Embedding(11, 4), rnn, nn.Linear(width, 2)

    def forward(self, x):
        return self.head(self.rnn(self.words(x))[0][:, -1])


ids = torch.randint(0, 11, (3, 5))
keep("gru", shaken(Last(nn.GRU(4, 3, batch_first=True), 3)), ids)
keep("rnn", shaken(Last(nn.RNN(4, 3, batch_first=True), 3)), ids)

cnn = shaken(nn.Sequential(nn.Conv2d(2, 4, 3, groups=2), nn.BatchNorm2d(4), nn.ReLU(), nn.ConvTranspose2d(4, 3, 2, stride=2), nn.PReLU(3),
                           nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.LayerNorm(3), nn.Linear(3, 2, bias=False)))
keep("cnn", cnn, torch.randn(2, 2, 6, 6), {"epoch": 3, "model_state_dict": cnn.state_dict(), "loss": 0.25})

# Views: a transposed weight, a slice of a longer storage, and float16, bfloat16, float64 numbers.
mlp = shaken(nn.Sequential(nn.Linear(4, 3), nn.Tanh(), nn.Linear(3, 2)))
d = mlp.state_dict()
d["0.weight"] = d["0.weight"].t().contiguous().t()
d["0.bias"] = torch.cat([torch.zeros(2), d["0.bias"], torch.ones(2)])[2:5]
d["2.weight"] = d["2.weight"].half().to(torch.bfloat16)
d["2.bias"] = d["2.bias"].double()
mlp[2].weight.data = d["2.weight"].float()
keep("views", mlp, torch.randn(4, 4), d)
torch.save(mlp, "module.pt")
