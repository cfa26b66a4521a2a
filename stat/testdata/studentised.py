"""Writes studentised.json: bootstrap-t intervals of 95 % by NumPy from the definition (DiCiccio and Efron, Statistical
Science 11, 1996, section 4), 200,000 resamples each: of a mean, of the root of a mean of squares by way of the mean of
squares, of the mean of clusters of unequal sizes (a ratio of sums, with the standard error of its linearisation), and of
R-squared with the delta method's standard error.
"""
import json
import numpy as np

rng = np.random.default_rng(5)
times = 200_000


def interval(m, estimate):
    """estimate: value and standard error of an array of draws [times, m] of units."""
    value, error = (v[0] for v in estimate(np.arange(m)[None]))
    t = []
    for _ in range(20):
        v, e = estimate(rng.integers(0, m, size=(times // 20, m)))
        t.append((v - value) / e)
    low, high = np.quantile(np.concatenate(t), [0.025, 0.975])
    return value, [value - high * error, value - low * error], error


def of_mean(x):
    m = len(x)
    return lambda d: (x[d].mean(1), x[d].std(1, ddof=1) / np.sqrt(m))


def of_ratio(a, b):
    m = len(a)

    def estimate(d):
        value = a[d].sum(1) / b[d].sum(1)
        rest = a[d] - value[:, None] * b[d]
        return value, np.sqrt(m / (m - 1) * (rest**2).sum(1)) / b[d].sum(1)

    return estimate


def of_r2(y, p):
    m = len(y)

    def estimate(d):
        of, square = (y[d] - y[d].mean(1, keepdims=True)) ** 2, (y[d] - p[d]) ** 2
        wrong = square.sum(1) / of.sum(1)
        rest = (square - wrong[:, None] * of) / of.mean(1, keepdims=True)
        return 1 - wrong, np.sqrt((rest**2).sum(1) / m / (m - 1))

    return estimate


cases = []
errors = np.round(rng.laplace(size=40), 3)
value, i, error = interval(40, of_mean(np.abs(errors)))
cases.append(dict(name="mae", errors=errors.tolist(), value=value, interval=i, error=error))
value, i, error = interval(40, of_mean(errors**2))
cases.append(dict(name="rmse", errors=errors.tolist(), value=np.sqrt(value), interval=np.sqrt(np.maximum(i, 0)).tolist(),
                  error=error / 2 / np.sqrt(value)))
sizes = rng.integers(1, 6, size=25)
ends = np.cumsum(sizes)
x = np.round(np.abs(np.repeat(rng.normal(size=25), sizes) + rng.normal(size=ends[-1]) + 3), 3)
value, i, error = interval(25, of_ratio(np.add.reduceat(x, ends - sizes), sizes))
cases.append(dict(name="clusters", errors=x.tolist(), sizes=sizes.tolist(), value=value, interval=i, error=error))
y = np.round(2 * rng.normal(size=40), 3)
value, i, error = interval(40, of_r2(y, y - errors))
cases.append(dict(name="r2", errors=errors.tolist(), truth=y.tolist(), value=value, interval=i, error=error))
with open("studentised.json", "w") as f:
    json.dump(dict(by="NumPy", cases=cases), f)
    f.write("\n")
