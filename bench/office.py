#!/usr/bin/env python3
"""Twelve files as offices have them: gorae init and gorae train, with nothing edited.

    python3 bench/office.py --data FOLDER --gorae PROGRAM [--only NAME,...] [--work FOLDER]

FOLDER is the test data (GORAE_SHARED/data); pandas, openpyxl, pyarrow and scikit-learn are needed. Each file is made of
public data: 70 % of its rows are the file, the others, without the target and in the same format, are predicted by
gorae predict. Beside it: gradient boosting of the same rows with scikit-learn's defaults (HistGradientBoosting, texts
as categories), logistic regression on tf-idf for texts, and the answer that does not look (majority class or mean).
Series and pictures are judged on the test part that gorae holds out, beside the best baseline of the report.
"""
import argparse, json, os, re, shutil, sqlite3, subprocess, sys, time

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OrdinalEncoder


def bank(data):
    """Customers of a campaign, separated by semicolons, numbers with commas for decimal points, quoted words."""
    t = pd.read_csv(data + "/uses/U4/marketing_campaign.csv", sep=";")
    t["Income"] = t["Income"] / 12
    t["Response"] = t["Response"].map({0: "no", 1: "yes"})
    return t, "Response", "bank.csv", lambda t, f: t.to_csv(f, sep=";", decimal=",", index=False, quoting=2, float_format="%.2f")


def customers(data):
    """Passengers in Korean, CP949."""
    t = pd.read_csv(data + "/titanic/train.csv").drop(columns=["Name"])
    t["Sex"] = t["Sex"].map({"male": "남", "female": "여"})
    t["Embarked"] = t["Embarked"].map({"S": "사우샘프턴", "C": "셰르부르", "Q": "퀸스타운"})
    t["Survived"] = t["Survived"].map({0: "사망", 1: "생존"})
    t.columns = ["번호", "생존", "등급", "성별", "나이", "형제배우자", "부모자녀", "표", "요금", "선실", "항구"]
    return t, "생존", "customers.csv", lambda t, f: t.to_csv(f, index=False, encoding="cp949")


def houses(data):
    """An xlsx with a title row, a blank one, and merged headers over the columns."""
    names = ["crime", "zone", "industry", "river", "nox", "rooms", "age", "distance", "highways", "tax", "pupils", "b",
             "status", "price"]
    t = pd.read_csv(data + "/tabular/housing.csv", header=None, names=names)

    def write(t, f):
        import openpyxl
        book = openpyxl.Workbook()
        sheet = book.active
        sheet.append(["Houses of Boston, 1978"])
        sheet.append([])
        sheet.append(["town"] + [None] * 4 + ["house"] + [None] * (len(t.columns) - 6))
        sheet.merge_cells(start_row=1, end_row=1, start_column=1, end_column=len(t.columns))
        sheet.merge_cells(start_row=3, end_row=3, start_column=1, end_column=5)
        sheet.merge_cells(start_row=3, end_row=3, start_column=6, end_column=len(t.columns))
        sheet.append(list(t.columns))
        for row in t.itertuples(index=False):
            sheet.append([v.item() if hasattr(v, "item") else v for v in row])
        book.save(f)
    return t, "price", "houses.xlsx", write


def survey(data):
    """Answers in the words of Likert: thirty measurements of cells, each by its fifth of the range of ranks."""
    t = pd.read_csv(data + "/toy/breast_cancer.csv", skiprows=1, header=None)
    words = ["strongly disagree", "disagree", "neither", "agree", "strongly agree"]
    out = pd.DataFrame({"Q%d" % (i + 1): pd.qcut(t[i].rank(method="first"), 5, labels=words).astype(str) for i in range(30)})
    out["satisfied"] = t[30].map({0: "no", 1: "yes"})
    out = out.mask(np.random.default_rng(4).random(out.shape) < 0.03)
    out = out[out["satisfied"].notna()]
    return out, "satisfied", "survey.csv", lambda t, f: t.to_csv(f, index=False)


def sensor(data):
    """A log of an hour each, with hours missing and values blank."""
    t = pd.read_csv(data + "/series/ETTh1.csv.gz").head(6000)
    r = np.random.default_rng(5)
    t = t[r.random(len(t)) > 0.01]
    for c in ("HUFL", "MUFL"):
        t.loc[r.random(len(t)) < 0.02, c] = np.nan
    return t, "OT", "sensor.csv", lambda t, f: t.to_csv(f, index=False)


def patients(data):
    """JSON lines with nested keys."""
    t = pd.read_csv(data + "/tabular/pima-indians-diabetes.csv", header=None)
    t.columns = ["history.pregnancies", "tests.glucose", "tests.pressure", "body.skin", "tests.insulin", "body.bmi",
                 "history.pedigree", "age", "diabetes"]
    t["diabetes"] = t["diabetes"] == 1

    def write(t, f):
        with open(f, "w") as out:
            for row in t.to_dict("records"):
                nested = {}
                for k, v in row.items():
                    at = nested
                    *folders, name = k.split(".")
                    for folder in folders:
                        at = at.setdefault(folder, {})
                    at[name] = v
                out.write(json.dumps(nested) + "\n")
    return t, "diabetes", "patients.jsonl", write


def invoices(data):
    """Parquet with dates: invoices of a shop, their sum to predict from when, where and how much."""
    t = pd.read_csv(data + "/uses/U4/online-retail.csv.gz", parse_dates=["InvoiceDate"])
    t = t[(t["Quantity"] > 0) & (t["UnitPrice"] > 0)]
    t["sum"] = t["Quantity"] * t["UnitPrice"]
    g = t.groupby("InvoiceNo")
    out = pd.DataFrame({"date": g["InvoiceDate"].first(), "country": g["Country"].first(), "lines": g.size(),
                        "pieces": g["Quantity"].sum(), "dearest": g["UnitPrice"].max(), "amount": np.log10(g["sum"].sum())})
    out = out.reset_index(drop=True).sample(8000, random_state=7).sort_index()
    return out, "amount", "invoices.parquet", lambda t, f: t.to_parquet(f, index=False)


def blocks(data):
    """What a spreadsheet calls "Unicode text": UTF-16 with tabs, 20,640 rows."""
    t = pd.read_csv(data + "/tabular/california-housing.csv.gz")
    return t, "median_house_value", "blocks.txt", lambda t, f: t.to_csv(f, index=False, sep="\t", encoding="utf-16")


def visits(data):
    """A table of SQLite."""
    x = pd.read_csv(data + "/toy/diabetes_data_raw.csv.gz", header=None, sep=r"\s+")
    x.columns = ["age", "sex", "bmi", "pressure", "s1", "s2", "s3", "s4", "s5", "s6"]
    x["sex"] = x["sex"].map({1: "m", 2: "f"})
    x["progression"] = pd.read_csv(data + "/toy/diabetes_target.csv.gz", header=None)[0]

    def write(t, f):
        with sqlite3.connect(f) as db:
            t.to_sql("visits", db, index=False)
        db.close()
    return x, "progression", "visits.sqlite", write


def horses(data):
    """Tabs, a question mark where a value is missing, the answer in words."""
    t = pd.read_csv(data + "/tabular/horse-colic.csv", header=None, na_values="?")
    t.columns = ["surgery", "age", "hospital", "temperature", "pulse", "breath", "extremities", "peripheral", "mucous",
                 "refill", "pain", "peristalsis", "distension", "tube", "reflux", "ph", "faeces", "abdomen", "cells",
                 "protein", "look", "fluid", "outcome", "lesion", "site", "type", "subtype", "record"]
    t = t.drop(columns=["record"])[t["outcome"].notna()]
    t["outcome"] = t["outcome"].map({1: "lived", 2: "died", 3: "put down"})
    return t, "outcome", "horses.tsv", lambda t, f: t.to_csv(f, index=False, sep="\t", na_rep="?")


def opinions(data):
    """Korean film reviews, tabs, quotation marks that quote nothing."""
    t = pd.read_csv(data + "/text/nsmc-train.tsv.gz", sep="\t", quoting=3).dropna().head(2000)
    t["label"] = t["label"].map({0: "bad", 1: "good"})
    return t.drop(columns=["id"]), "label", "opinions.tsv", lambda t, f: t.to_csv(f, index=False, sep="\t", quoting=3)


def pictures(data):
    """A CSV of picture paths and classes, beside a folder."""
    root = data + "/images/cifar10-mini"
    rows = [(c + "/" + f, c) for c in sorted(os.listdir(root)) if os.path.isdir(root + "/" + c)
            for f in sorted(os.listdir(root + "/" + c))]

    def write(t, f):
        shutil.copytree(root, os.path.dirname(f), dirs_exist_ok=True)
        t.to_csv(f, index=False)
    return pd.DataFrame(rows, columns=["file", "what"]), "what", "pictures.csv", write


FILES = [bank, customers, houses, survey, sensor, patients, invoices, blocks, visits, horses, opinions, pictures]
HELD_OUT = {"sensor", "pictures"}  # by gorae itself


def accuracy_or_r2(y, p, classes):
    if classes:
        return float(np.mean([str(a).lower() == str(b).lower() for a, b in zip(y, p)]))  # True and true
    y, p = np.asarray(y, float), np.asarray(p, float)
    return 1 - float(((y - p) ** 2).sum() / ((y - y.mean()) ** 2).sum())


def beside(train, test, target, classes, texts):
    """The scores of the reference and of the constant answer."""
    y = train[target].astype(str) if classes else train[target]
    if texts:
        x = train.columns.drop(target)[0]
        m = make_pipeline(TfidfVectorizer(), LogisticRegression(max_iter=1000)).fit(train[x], y)
        p = m.predict(test[x])
    else:
        a, b = train.drop(columns=[target]).copy(), test.drop(columns=[target]).copy()
        for c in a.columns:
            if str(a[c].dtype).startswith("datetime"):
                a[c], b[c] = a[c].astype("int64"), b[c].astype("int64")
        words = [c for c in a.columns if a[c].dtype == object or str(a[c].dtype) == "str"]
        words = [c for c in words if a[c].nunique() <= min(250, len(a) / 2)]
        drop = [c for c in a.columns if (a[c].dtype == object or str(a[c].dtype) == "str") and c not in words]
        a, b = a.drop(columns=drop), b.drop(columns=drop)
        if words:
            e = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=np.nan, encoded_missing_value=np.nan)
            a[words], b[words] = e.fit_transform(a[words]), e.transform(b[words])
        kind = HistGradientBoostingClassifier if classes else HistGradientBoostingRegressor
        m = kind(categorical_features=[c in words for c in a.columns] if words else None, random_state=1)
        p = m.fit(a.astype(float), y).predict(b.astype(float))
    constant = [y.mode()[0]] * len(test) if classes else [y.mean()] * len(test)
    return accuracy_or_r2(test[target], p, classes), accuracy_or_r2(test[target], constant, classes)


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--data", required=True)
    a.add_argument("--gorae", required=True)
    a.add_argument("--work", default="office")
    a.add_argument("--only", default="")
    o = a.parse_args()
    gorae = os.path.abspath(o.gorae)
    print("%-18s %-9s %7s %10s %10s %8s" % ("file", "score", "gorae", "reference", "constant", "seconds"), flush=True)
    for make in FILES:
        if o.only and make.__name__ not in o.only.split(","):
            continue
        t, target, name, write = make(os.path.abspath(o.data))
        folder = os.path.abspath(os.path.join(o.work, make.__name__))
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        classes = t[target].nunique() <= 20 and not str(t[target].dtype).startswith("float")
        train, test = t, None
        if make.__name__ not in HELD_OUT:
            mask = np.random.default_rng(1).random(len(t)) < 0.3
            train, test = t[~mask], t[mask]
            os.makedirs(folder + "/new")
            write(test.drop(columns=[target]), folder + "/new/" + name)
        write(train, folder + "/" + name)

        def run(*words):
            p = subprocess.run([gorae, *words], cwd=folder, capture_output=True, text=True)
            if p.returncode:
                sys.exit("%s: gorae %s: %s" % (name, " ".join(words), p.stderr.strip()))
            return p
        began = time.time()
        run("init", name, "--target", target)
        run("train", "--out", "run", "--quiet")
        if test is None:
            m = json.load(open(folder + "/run/metrics.json"))
            metric = "accuracy" if classes else "rmse"
            figures = [b.get("metrics", b).get(metric) for b in m["baselines"] if b["name"] != "network"]
            best = [v for v in figures if v is not None]
            score, reference, constant = m["test"][metric], (max if classes else min)(best), float("nan")
        else:
            run("predict", "run/model.keras", "--input", "new/" + name, "--output", "p.csv")
            p = pd.read_csv(folder + "/p.csv", keep_default_na=False)
            if len(p) != len(test):
                sys.exit("%s: %d predictions for %d rows" % (name, len(p), len(test)))
            column = [c for c in p.columns if c in ("prediction", target)][-1]
            score = accuracy_or_r2(test[target], p[column], classes)
            reference, constant = beside(train, test, target, classes, make is opinions)
            metric = "accuracy" if classes else "r2"
        print("%-18s %-9s %7.3f %10.3f %10.3f %8.1f" % (name, metric, score, reference, constant, time.time() - began), flush=True)


if __name__ == "__main__":
    main()
