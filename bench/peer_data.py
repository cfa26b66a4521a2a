"""The workloads of a table in pandas and scikit-learn: one process, one workload.

usage: peer_data.py WORKLOAD THREADS TABLE

Reads a number of iterations from each line of standard input, runs them, and answers with the seconds they took.
"""
import sys
import time

import pandas as pd
import pyarrow as pa
from sklearn.compose import make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

NUMBERS = ["age", "income", "quantity", "price", "discount", "rating", "latitude", "longitude", "score", "temperature"]
CATEGORIES = ["country", "channel", "device", "returned"]


def read(path):
    return pd.read_csv(path, engine="pyarrow")


def prepare(table):
    """As gorae's: numbers scaled, missing ones the mean; categories of up to 50 values one-hot; others left out."""
    make_column_transformer(
        (make_pipeline(SimpleImputer(), StandardScaler()), NUMBERS),
        (OneHotEncoder(sparse_output=False, dtype="float32"), CATEGORIES),
    ).fit_transform(table).astype("float32")


def inspect(path):
    table = read(path)
    table.describe(include="all")
    table.isna().sum()
    table.nunique()
    table.duplicated().sum()


def build(name, path):
    if name == "data:read":
        return lambda: read(path)
    if name == "data:inspect":
        return lambda: inspect(path)
    table = read(path)
    return lambda: prepare(table)


pa.set_cpu_count(int(sys.argv[2]))
step = build(sys.argv[1], sys.argv[3])
step()
print("ready", flush=True)
for line in sys.stdin:
    n = int(line)
    start = time.perf_counter()
    for _ in range(n):
        step()
    print(time.perf_counter() - start, flush=True)
