"""Truncated backpropagation through time: chunks of 3 of 8 steps, states carried and detached, a step of
SGD for each chunk; two batches of two sequences, each batch from zeros.
usage: python3 truncate.py > truncate.json"""
import json
import torch

torch.manual_seed(3)
STEPS, CHUNK, UNITS = 8, 3, 5
lstm = torch.nn.LSTM(2, UNITS, batch_first=True)
dense = torch.nn.Linear(UNITS, 1)
with torch.no_grad():
    lstm.bias_hh_l0.zero_()
lstm.bias_hh_l0.requires_grad = False
x, y = torch.randn(4, STEPS, 2), torch.randn(4, STEPS, 1)


def weights():
    p = {"lstm/cell/kernel": lstm.weight_ih_l0.T, "lstm/cell/recurrent_kernel": lstm.weight_hh_l0.T,
         "lstm/cell/bias": lstm.bias_ih_l0, "dense/kernel": dense.weight.T, "dense/bias": dense.bias}
    return {k: v.detach().contiguous().flatten().tolist() for k, v in p.items()}


out = {"x": x.flatten().tolist(), "y": y.flatten().tolist(), "first": weights()}
moved = [p for p in list(lstm.parameters()) + list(dense.parameters()) if p.requires_grad]
sgd = torch.optim.SGD(moved, lr=0.3)
total = 0.0
for b in range(0, 4, 2):
    state = None
    for t in range(0, STEPS, CHUNK):
        h, state = lstm(x[b:b + 2, t:t + CHUNK], state)
        state = tuple(s.detach() for s in state)
        loss = ((dense(h) - y[b:b + 2, t:t + CHUNK]) ** 2).mean()
        sgd.zero_grad()
        loss.backward()
        sgd.step()
        total += loss.item() * min(CHUNK, STEPS - t)
out["last"], out["loss"] = weights(), total / (2 * STEPS)
print(json.dumps(out))
