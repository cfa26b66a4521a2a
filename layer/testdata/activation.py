#!/usr/bin/env python3
"""Activations by PyTorch in float64, with Keras 3's constants: python3 activation.py > activation.json"""
import json

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
x = torch.tensor([-100.0, -20, -6.5, -3, -1.5, -1, -0.3, -1e-4, 0, 1e-4, 0.2, 1, 2.5, 3, 5.9, 6.5, 20, 50])
fs = {
    "linear": lambda x: x, "relu": F.relu, "relu6": F.relu6, "sigmoid": torch.sigmoid, "tanh": torch.tanh,
    "softmax": lambda x: torch.softmax(x, -1), "log_softmax": lambda x: torch.log_softmax(x, -1),
    "softplus": lambda x: F.softplus(x, threshold=1000), "softsign": F.softsign, "elu": F.elu, "selu": F.selu, "gelu": F.gelu,
    "silu": F.silu, "swish": F.silu, "mish": F.mish, "leaky_relu": lambda x: F.leaky_relu(x, 0.2), "exponential": torch.exp,
    "hard_sigmoid": F.hardsigmoid, "hard_silu": F.hardswish, "hard_swish": F.hardswish, "hard_tanh": F.hardtanh,
    "legacy_hard_sigmoid": lambda x: torch.clamp(0.2 * x + 0.5, 0, 1),
    "log_sigmoid": F.logsigmoid, "tanh_shrink": F.tanhshrink,
}
print(json.dumps({"x": x.tolist(), "y": {k: f(x).tolist() for k, f in fs.items()}}))
