"""columns.py writes what scikit-learn's permutation_importance and partial_dependence say of a network of its own, with
the weights, the rows and the orders in which it shuffled, to columns.json beside itself. scikit-learn 1.9."""
import json, os, warnings

import numpy as np
from sklearn.inspection import partial_dependence, permutation_importance
from sklearn.metrics import r2_score
from sklearn.neural_network import MLPRegressor

here = os.path.dirname(os.path.abspath(__file__))
rng = np.random.default_rng(20261130)
grid = lambda *shape: np.round(rng.normal(size=shape) * 256) / 256  # float32 holds these exactly
rows, columns, nodes, repeats, seed = 80, 4, 8, 100, 7
x = grid(rows, columns)
x[:, 1] += x[:, 0]  # columns that depend on each other
coefs, intercepts = [grid(columns, nodes), grid(nodes, 1)], [grid(nodes), grid(1)]

network = MLPRegressor(hidden_layer_sizes=(nodes,), activation="tanh", max_iter=1, random_state=0)
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    network.fit(x, x[:, 0])
network.coefs_, network.intercepts_ = coefs, intercepts
y = np.round((network.predict(x) + rng.normal(size=rows)) * 256) / 256

found = permutation_importance(network, x, y, scoring="r2", n_repeats=repeats, random_state=seed)
state = np.random.RandomState(seed)
of = state.randint(np.iinfo(np.int32).max + 1)  # of each column, as permutation_importance draws it
orders = []
for c in range(columns):
    each, shuffled, draws = [], np.arange(rows), np.random.RandomState(of)
    order = shuffled.copy()  # each repeat shuffles the column that the one before left
    for r in range(repeats):
        draws.shuffle(shuffled)
        order = order[shuffled]
        each.append(order)
        mixed = x.copy()
        mixed[:, c] = x[order, c]
        assert abs(r2_score(y, network.predict(x)) - r2_score(y, network.predict(mixed)) - found.importances[c, r]) < 1e-12
    orders.append(each)

at = [3, 40, 77, 12, 55]
dependence = [partial_dependence(network, x, [c], custom_values={c: np.sort(x[at, c])}, method="brute",
                                 kind="average") for c in range(columns)]
json.dump({
    "x": x.tolist(), "y": y.tolist(), "kernels": [k.tolist() for k in coefs], "biases": [b.tolist() for b in intercepts],
    "score": r2_score(y, network.predict(x)), "importances": found.importances.tolist(),
    "mean": found.importances_mean.tolist(), "deviation": found.importances_std.tolist(),
    "orders": [[o.tolist() for o in each[:10]] for each in orders],
    "at": at, "values": [d["grid_values"][0].tolist() for d in dependence],
    "dependence": [d["average"][0].tolist() for d in dependence],
}, open(os.path.join(here, "columns.json"), "w"))
