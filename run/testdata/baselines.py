"""The baselines of the examples' series on their test spans, by numpy alone:
GORAE_SHARED=… python3 baselines.py > baselines.json. The linear autoregression sees at most
128 numbers of a window, its last steps, and learns from all windows of the training span."""
import csv, gzip, json, os
import numpy as np

root = os.path.join(os.environ["GORAE_SHARED"], "data", "series")


def rows(name):
    path = os.path.join(root, name)
    f = gzip.open(path, "rt") if name.endswith(".gz") else open(path)
    return list(csv.reader(f))[1:]


def clock(period):  # sin and cos of places in a cycle
    return np.stack([np.sin(2 * np.pi * period), np.cos(2 * np.pi * period)], 1)


def judge(y, x, window, steps, season, val, test, change, lead=0, stride=1):
    """y the target, x [time, features] as the network sees them, change is (origin, ahead) → what is learnt of
    the target, back(gain, origin, ahead) the figure. Windows begin where transforms have a value."""
    learn_of, back = change
    n = len(y)
    ntest = round(n * test)
    nval = round(n * (val + test)) - ntest
    nlearn = n - ntest - nval
    first = lead + window - 1  # the origin of the first window; windows begin a stride apart from there
    origins = lambda a, b: np.array([o for o in range(first, n - steps, stride) if o >= a + first and o < b - steps])
    learn, hold = origins(0, nlearn), origins(n - ntest, n)
    ahead = np.arange(1, steps + 1)
    actual = np.stack([y[hold + h] for h in ahead], 1)
    out = {}

    def score(name, pred):
        e = actual - pred
        out[name] = [float(np.sqrt((e**2).mean())), float(np.abs(e).mean()), int(e.size)]

    score("last value", np.repeat(y[hold][:, None], steps, 1))
    score("drift", np.stack([y[hold] + h * (y[hold] - y[0]) / hold for h in ahead], 1))
    if season:
        score(f"last season ({season})", np.stack([y[hold + h - -(-h // season) * season] for h in ahead], 1))
    lags = min(window, max(1, 128 // x.shape[1]))
    design = lambda os: np.concatenate([np.ones((len(os), 1))] + [x[os - k] for k in range(lags)], 1)
    coef = np.linalg.lstsq(design(learn), np.stack([learn_of(learn, h) for h in ahead], 1), rcond=1e-10)[0]
    gain = design(hold) @ coef
    score("linear autoregression", np.stack([back(gain[:, h - 1], hold, h) for h in ahead], 1))
    return out


def levels(y):
    return (lambda o, h: y[o + h]), (lambda g, o, h: g)


def differences(y):
    return (lambda o, h: y[o + h] - y[o]), (lambda g, o, h: y[o] + g)


def logs(y):
    return (lambda o, h: np.log(y[o + h] / y[o])), (lambda g, o, h: y[o] * np.exp(g))


def gained(v):
    return np.concatenate([[np.nan], np.diff(v)])


out = {}
r = rows("monthly-sunspots.csv")
y = np.array([float(v[1]) for v in r])
out["sunspots"] = judge(y, y[:, None], 132, 1, 132, 0.15, 0.15, levels(y))
r = rows("airline-passengers.csv")
y = np.array([float(v[1]) for v in r])
month = np.array([int(v[0][5:7]) - 1 for v in r]) / 12
out["airline-passengers"] = judge(y, np.concatenate([gained(np.log(y))[:, None], clock(month)], 1), 12, 1, 12, 0.15, 0.2, logs(y), 1)
r = rows("ETTh1.csv.gz")
y = np.array([float(v[7]) for v in r])
hour = np.array([int(v[0][11:13]) for v in r]) / 24
out["etth1"] = judge(y, np.concatenate([gained(y)[:, None], clock(hour)], 1), 48, 24, 24, 0.15, 0.15, differences(y), 1)
r = rows("minute-bars-2006.csv.gz")
bars = np.array([[float(c) for c in v[2:6]] for v in r])
x = np.stack([gained(np.log(bars[:, k])) for k in range(4)], 1)
out["minute-bars"] = judge(bars[:, 3], x, 60, 1, 780, 0.15, 0.15, logs(bars[:, 3]), 1)
out["minute-bars-day"] = judge(bars[:, 3], x, 390, 1, 780, 0.15, 0.15, logs(bars[:, 3]), 1, 30)
print(json.dumps(out, indent=1))
