"""Writes stat.json: what statsmodels 0.13 says of two classic series and of made ones.

Sunspots (yearly, 1700-2008, SIDC) and macrodata's real GDP come with statsmodels;
the made series are written out in full so that the test needs nothing else.
"""
import json, warnings
import numpy as np
import statsmodels.api as sm
from statsmodels.tsa.stattools import adfuller, kpss, acf
from statsmodels.stats.diagnostic import acorr_ljungbox
from scipy import special

warnings.simplefilter("ignore")
rng = np.random.default_rng(4)
noise = np.round(rng.normal(size=200), 4)
series = {
    "sunspots": sm.datasets.sunspots.load().data["SUNACTIVITY"].values,
    "gdp": sm.datasets.macrodata.load().data["realgdp"].values,
    "noise": noise,
    "walk": np.round(np.cumsum(noise), 4),
    "trend": np.round(0.05 * np.arange(200) + noise, 4),
    "short": np.round(rng.normal(size=12), 3),
}
out = {"series": {}, "adf": [], "kpss": [], "ljungbox": [], "acf": [], "gamma": [], "ols": None}
for name, x in series.items():
    x = np.asarray(x, float)
    out["series"][name] = [float(v) for v in x]
    for trend, word in enumerate(["c", "ct", "n"]):
        for lags in [-1, 0, 3]:
            if name == "short" and word == "n" and lags < 0:
                continue  # its AIC is -inf at as many coefficients as observations: no number to compare with
            if lags >= 0:
                r = adfuller(x, maxlag=lags, regression=word, autolag=None)
            else:
                r = adfuller(x, regression=word, autolag="AIC")
            crit = r[4]
            out["adf"].append(dict(series=name, trend=trend, lags=lags, stat=r[0], p=r[1], used=int(r[2]), n=int(r[3]),
                                   crit=[crit["1%"], crit["5%"], crit["10%"]]))
    for trend, word in enumerate(["c", "ct"]):
        for lags in ["auto", 0, 5]:
            r = kpss(x, regression=word, nlags=lags)
            out["kpss"].append(dict(series=name, trend=trend, lags=-1 if lags == "auto" else lags, stat=r[0], p=r[1], used=int(r[2])))
    for lags in [1, 7, 10]:
        for df in [0, 2]:
            if df < lags:
                r = acorr_ljungbox(x, lags=[lags], model_df=df)
                out["ljungbox"].append(dict(series=name, lags=lags, fitted=df, stat=float(r["lb_stat"].iloc[0]), p=float(r["lb_pvalue"].iloc[0])))
    out["acf"].append(dict(series=name, r=[float(v) for v in acf(x, nlags=8, fft=False)]))
for a in [0.5, 1, 2.5, 10, 50, 500, 5000]:
    for f in [0.01, 0.3, 0.9, 1, 1.1, 2, 5]:
        out["gamma"].append([a, a * f, float(special.gammaincc(a, a * f))])
x = np.column_stack([np.ones(30), rng.normal(size=30), np.arange(30) ** 2.0])
y = x @ [1, -2, 0.03] + rng.normal(size=30)
fit = sm.OLS(y, x).fit()
out["ols"] = dict(x=[float(v) for v in x.ravel()], y=[float(v) for v in y], coef=list(map(float, fit.params)), err=list(map(float, fit.bse)), ssr=float(fit.ssr))
json.dump(out, open("stat.json", "w"), indent=None, separators=(",", ":"))
