# Writes the statistics that the tests of prep compare with, from the embedded
# titanic sample, with NumPy (1.24.2): python3 make.py, in this folder.
import csv, gzip, json
import numpy as np

rows = list(csv.DictReader(gzip.open("../../data/samples/titanic.csv.gz", "rt")))[:600]  # the learning rows
out = {}
for name in ["Age", "Fare", "SibSp"]:
    x = np.array([float(r[name]) if r[name] else np.nan for r in rows])
    known = x[~np.isnan(x)]
    full = np.where(np.isnan(x), np.median(known), x)
    log = np.log1p(known)
    out[name] = {
        "mean": known.mean(), "sd": known.std(), "min": known.min(), "max": known.max(), "median": np.median(known),
        "mean_imputed": full.mean(), "sd_imputed": full.std(), "mean_log": log.mean(), "sd_log": log.std(),
        "first": [None if np.isnan(v) else v for v in x[:6]],
    }
json.dump(out, open("titanic.json", "w"), indent=1)
