"""python check.py types.parquet: prints what pandas and pyarrow read of a file that package export wrote.

Versions: pandas 3.1.1, pyarrow 26.0.1. pandas.txt is the output for types.parquet.
"""
import sys
import pandas as pd, pyarrow.parquet as pq

print(pq.read_schema(sys.argv[1]).remove_metadata())
for row in pd.read_parquet(sys.argv[1]).itertuples(index=False):
    print(*[repr(v) for v in row], sep=" | ")
