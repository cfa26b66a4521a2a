"""Writes residuals.json: the test of forecasts' errors by numpy and scipy, from the formula in the comment of
stat.ForecastErrors; of ±1 with the mean 0 the statistic of lag 1 on is statsmodels' acorr_ljungbox. The bias is the
periodogram's by numpy's FFT, for one step ahead divided by the spectrum of an autoregression."""
import json
import numpy as np
from scipy import stats
from statsmodels.stats.diagnostic import acorr_ljungbox


def adjusted(x, h, lags):
    n = len(x)
    e = x - x.mean()
    s2 = (e @ e) / n
    r = np.array([(e[k:] @ e[: n - k]) / (e @ e) for k in range(lags + 1)])
    rho = np.zeros(4 * n)  # r_j of |j| < h, centred
    rho[2 * n - h + 1 : 2 * n + h] = np.concatenate([r[h - 1 : 0 : -1], r[:h]])
    c = np.correlate(rho, rho, "full")[4 * n - 1 :]  # sum_j rho_j rho_{j+d}
    k = np.arange(h, lags + 1)
    tau = np.array([(e[i:] ** 2 @ e[: n - i] ** 2) / (n - i) / s2**2 for i in k])
    q = np.sum(n * (n + 2) / (n - k) * r[k] ** 2 / (c[0] * tau))
    corr = c[np.abs(k[:, None] - k[None, :])] / c[0]
    a = (1 + 1.5 * lags / n) * np.sum(corr**2) / len(k)
    return dict(h=h, lags=int(lags), stat=q / a, freedom=len(k) / a, p=stats.chi2.sf(q / a, len(k) / a))


def bias(x, h):
    n = len(x)
    m = min(4 if n < 100 else 6, n // (4 * h))
    e = x - x.mean()
    spectrum = np.abs(np.fft.fft(e)[1 : m + 1]) ** 2 / n
    if h == 1:  # beside that of an autoregression of first order
        r = (e[1:] @ e[:-1]) / (e @ e)
        rho = min(max(r + (1 + 3 * r) / n, 0), 0.97)
        angle = 2 * np.pi * np.arange(1, m + 1) / n
        spectrum *= np.abs(1 - rho * np.exp(-1j * angle)) ** 2 / (1 - rho) ** 2
    v = np.mean(spectrum)
    t = x.mean() / np.sqrt(v / n)
    return dict(h=h, stat=t, freedom=2 * m, p=2 * stats.t.sf(abs(t), 2 * m))


rng = np.random.default_rng(11)
out = []
for name, h, n in [("normal", 1, 60), ("moving", 3, 90), ("moving", 6, 200), ("arch", 1, 150), ("arch moving", 2, 150)]:
    z = np.zeros(n + h - 1)
    v = 1.0
    for t in range(len(z)):
        v = 0.5 + 0.5 * z[t - 1] ** 2 if "arch" in name and t else 1.0
        z[t] = np.sqrt(v) * rng.normal()
    x = np.round(np.convolve(z, np.ones(h), "valid") + 0.2, 4)
    out.append(dict(name=name, x=x.tolist(), errors=[adjusted(x, h, k) for k in (h, h + 6, h - 1 + n // 5)],
                    bias=bias(x, h)))
signs = rng.permutation(np.repeat([1.0, -1.0], 50))
lb = acorr_ljungbox(signs, lags=[1, 5, 20])
json.dump(dict(cases=out, signs=signs.tolist(), ljungbox=lb["lb_stat"].tolist()), open("residuals.json", "w"),
          separators=(",", ":"))
