"""Writes serial.json: intervals of the mean of samples in time by numpy and scipy, from the formula in the comment of
stat.Serial; the periodogram by numpy's FFT, the kurtosis by scipy."""
import json
import numpy as np
from scipy import stats

rng = np.random.default_rng(12)
out = []
for rho, n, limit in [(0, 40, None), (0, 120, 1.6), (0.3, 300, None), (0.6, 90, None), (0.9, 120, None), (0.9, 400, 2.5),
                      (0.99, 60, None), (-0.5, 200, None), (0.5, 250, None)]:
    x = [0.0]
    for _ in range(n - 1):
        x.append(rho * x[-1] + rng.normal())
    x = np.round(x, 4)
    if limit is not None:
        x = (x < limit).astype(float)
    e = x - x.mean()
    r = (e[1:] @ e[:-1]) / (e @ e)
    r = min(max(r + (1 + 3 * r) / n, 0), 0.97)
    free = n * (1 - r) / (1 + r)
    most = 4 if n < 100 else 6
    m = max(2, min(most, int(free / 20), int(free / (3 * stats.kurtosis(x, fisher=False))))) if free >= 20 else 1
    angle = 2 * np.pi * np.arange(1, m + 1) / n
    v = np.mean(np.abs(np.fft.fft(e)[1 : m + 1]) ** 2 / n * (1 + 2 * r * (1 - np.cos(angle)) / (1 - r) ** 2))
    out.append(dict(x=x.tolist(), half=stats.t.ppf(0.975, 2 * m) * np.sqrt(v / n)))
    print(rho, n, limit, round(r, 3), m)
with open("serial.json", "w") as f:
    json.dump(out, f, separators=(",", ":"))
    f.write("\n")
