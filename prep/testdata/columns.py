# Writes columns.json: what scikit-learn 1.9 makes of awkward columns, which the tests of prep compare with. Run in this
# folder with scikit-learn, NumPy and pandas. What is not finite is null.
import json, math, warnings
import numpy as np
from sklearn.feature_extraction import FeatureHasher
from sklearn.impute import SimpleImputer
from sklearn.preprocessing import (KBinsDiscretizer, MinMaxScaler, OneHotEncoder, OrdinalEncoder, PowerTransformer,
                                   QuantileTransformer, RobustScaler, StandardScaler, TargetEncoder)

warnings.simplefilter("ignore")
rng = np.random.default_rng(7)


def numbers(x):
    return [float(v) if math.isfinite(v) else None for v in np.asarray(x, float).ravel()]


def spread(a):
    return [numbers(r) for r in np.asarray(a.todense() if hasattr(a, "todense") else a)]


columns = {
    "normal": rng.normal(3, 2, 60).round(3),
    "skewed": np.exp(rng.normal(0, 1.5, 60)).round(4),
    "heavy": rng.standard_t(2, 60).round(3),
    "constant": np.full(12, 4.25),
    "ties": np.repeat([1.0, 1, 1, 2, 3, 5, 5, 5, 5], 3),
    "two": np.array([0.0, 1.0] * 8),
    "one row": np.array([2.5]),
    "two rows": np.array([2.5, 7.0]),
    "missing": np.where(rng.random(40) < 0.3, np.nan, rng.gamma(2, 3, 40).round(3)),
    "large": rng.normal(1e9, 3, 50).round(2),
    "tiny": (rng.lognormal(0, 1, 50) * 1e-7),
    "negative": -np.exp(rng.normal(0, 1, 40)).round(3),
}
cases = []
for name, x in columns.items():
    known = x[~np.isnan(x)]
    lo, hi = known.min(), known.max()
    new = np.concatenate([x[:8], [lo - 1, hi + 1, (lo + hi) / 2, lo, hi]])
    ways = {
        "zscore": StandardScaler(), "minmax": MinMaxScaler(), '{"robust": {"clip": false}}': RobustScaler(),
        '{"quantile": {"output_distribution": "uniform"}}': QuantileTransformer(n_quantiles=len(known)),
        "quantile": QuantileTransformer(n_quantiles=len(known), output_distribution="normal"),
        '{"quantile": {"n_quantiles": 10}}':
            QuantileTransformer(n_quantiles=min(10, len(known)), output_distribution="normal"),
        "yeo_johnson": PowerTransformer(),
    }
    if lo > 0 and lo != hi:  # of equal values it is an error
        ways["box_cox"] = PowerTransformer(method="box-cox")
    for way, t in ways.items():
        at = new[new > 0] if way == "box_cox" else new
        t.fit(x[:, None])
        try:
            z = t.transform(at[:, None])
        except ValueError as e:  # powers of large, tiny and two rows are beyond float64
            print(name, way, e)
            continue
        case = {"column": name, "scale": way, "fit": numbers(x), "new": numbers(at), "out": numbers(z)}
        if hasattr(t, "lambdas_"):
            case["lambda"] = float(t.lambdas_[0])
        if "quantile" in way or "yeo" in way or "box" in way:
            case["back"] = numbers(t.inverse_transform(z))
        cases.append(case)
out = {"scales": cases}

x = columns["missing"]
out["impute"] = {s: float(SimpleImputer(strategy=s).fit(x[:, None]).statistics_[0])
                 for s in ["mean", "median", "most_frequent"]}
out["impute"]["fit"] = numbers(x)
tied = np.array([3.0, 1, 3, 1, 2, np.nan])
out["impute"]["tied"] = numbers(tied)
out["impute"]["tied_most_frequent"] = float(SimpleImputer(strategy="most_frequent").fit(tied[:, None]).statistics_[0])

bins = []
for name in ["normal", "skewed", "ties", "two", "large", "constant", "two rows"]:
    x = columns[name]
    new = np.concatenate([x[:9], [x.min() - 1, x.max() + 1]])
    for strategy in ["quantile", "uniform"]:
        k = 4
        kw = {"quantile_method": "linear"} if strategy == "quantile" else {}
        t = KBinsDiscretizer(k, strategy=strategy, encode="ordinal", **kw).fit(x[:, None])
        bins.append({"column": name, "strategy": strategy, "bins": k, "fit": numbers(x), "new": numbers(new),
                     "edges": numbers(t.bin_edges_[0]), "out": numbers(t.transform(new[:, None]))})
out["bins"] = bins

cat = rng.choice(list("aaaaabbbbccdde"), 70)
cat[5] = "z"
new = np.array(["a", "c", "d", "e", "z", "unseen"])
rare = []
for kw in [{}, {"min_frequency": 6}, {"min_frequency": 0.1}, {"max_categories": 3}, {"max_categories": 6},
           {"max_categories": 1}, {"min_frequency": 3, "max_categories": 3}, {"max_categories": 7}]:
    e = OneHotEncoder(handle_unknown="infrequent_if_exist", sparse_output=False, **kw).fit(cat[:, None])
    o = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1, **kw).fit(cat[:, None])
    rare.append({"args": kw, "out": spread(e.transform(new[:, None])), "integer": numbers(o.transform(new[:-1, None]))})
out["rare"] = {"fit": list(cat), "new": list(new), "cases": rare}

hashes = []
words = ["male", "female", "", "서울", "a longer name of a category, 42", "x", "xy", "xyz", "wxyz"]
for n in [4, 64, 1000]:
    for sign in [True, False]:
        h = FeatureHasher(n, input_type="dict", alternate_sign=sign)
        a = h.transform([{"Sex": w} for w in words])
        hashes.append({"n_features": n, "alternate_sign": sign,
                       "out": [[int(a[i].indices[0]), float(a[i].data[0])] for i in range(len(words))]})
out["hash"] = {"column": "Sex", "words": words, "cases": hashes}

n = 90
cat = rng.choice(list("abcdefg"), n, p=[.3, .25, .2, .1, .1, .03, .02])
cat[7] = "only"
fold = np.arange(n) % 5
rng.shuffle(fold)
base = np.array([ord(c[0]) % 5 for c in cat], float)
targets = {
    "continuous": (base + rng.normal(0, 1, n)).round(4),
    "binary": (base + rng.normal(0, 1, n) > 2).astype(int),
    "multiclass": np.clip(base + rng.normal(0, 1, n), 0, 2.99).astype(int),
    "perfect": base,
}
enc = []
for kind, y in targets.items():
    for smooth in ["auto", 0.0, 10.0]:
        kw = {"target_type": "continuous" if kind == "perfect" else kind, "smooth": smooth}
        whole = TargetEncoder(**kw).fit(cat[:, None], y)
        own = None
        for f in range(5):
            part = TargetEncoder(**kw).fit(cat[fold != f][:, None], y[fold != f])
            z = part.transform(cat[fold == f][:, None])
            own = np.zeros((n, z.shape[1])) if own is None else own
            own[fold == f] = z
        enc.append({"kind": kind, "smooth": smooth, "y": numbers(y), "own": spread(own),
                    "new": spread(whole.transform(np.array(["a", "g", "only", "unseen"])[:, None]))})
out["target"] = {"fit": list(cat), "fold": fold.tolist(), "new": ["a", "g", "only", "unseen"], "cases": enc}
json.dump(out, open("columns.json", "w"))
