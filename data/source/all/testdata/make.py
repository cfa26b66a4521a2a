"""Writes the tables of this folder as other programs write them, and what pandas reads of them.

    python make.py FOLDER

Run with pandas 3.1.1, pyarrow 26.0.1, openpyxl 3.1.5 and Python's sqlite3. want.json has for each file the columns with
their kinds (number or category), values (null: missing) and, of columns of times, the times in seconds since 1970.
"""
import json
import math
import os
import sys
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal

import numpy as np
import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

folder = sys.argv[1]
want = {}
seoul = timezone(timedelta(hours=9))

frame = pd.DataFrame({
    "id": pd.Series([1, 2, 3, 4], dtype="int64"),
    "age": pd.Series([34, None, 51, 28], dtype="Int16"),
    "height": pd.Series([1.75, 1.62, None, 1.8], dtype="float64"),
    "ratio": pd.Series([0.125, -2.5, 3.25, None], dtype="float32"),
    "name": pd.Series(["고래", "Zoë", None, "O'Neil, J."], dtype="object"),
    "zip": pd.Series(["01067", "10115", "20095", "01067"], dtype="object"),
    "member": pd.Series([True, False, None, True], dtype="boolean"),
    "born": [date(1990, 2, 28), date(1961, 12, 1), None, date(2000, 2, 29)],
    "seen": pd.to_datetime(["2024-01-02 03:04:05.5", "2024-01-03", None, "1969-12-31 23:59:59"], format="ISO8601"),
    "paid": pd.to_datetime(["2024-03-31T01:30:00+09:00", "2024-03-31T02:30:00+09:00", None,
                            "2024-10-27T00:00:00+09:00"], format="ISO8601"),
    "price": [Decimal("12.50"), Decimal("0.99"), None, Decimal("-1234567.05")],
    "account": pd.Series([9007199254740993, 9007199254740995, 1, 2], dtype="int64"),
})


def describe(name, df, times=(), text=(), flags=()):
    """Notes what a file holds. pandas makes floats of flags beside missing values."""
    columns = []
    df = df.assign(**{c: [None if pd.isna(x) else bool(x) for x in df[c]] for c in flags}).astype(
        {c: object for c in flags})
    for c in df.columns:
        v = [None if pd.isna(x) is True else x for x in df[c]]
        column = {"name": c}
        if c in times:
            column["kind"] = "category"
            column["times"] = [None if x is None else seconds(x) for x in v]
        elif c in text or any(isinstance(x, (str, bool, np.bool_)) for x in v):
            column["kind"] = "category"
            column["values"] = [None if x is None else str(x).lower() if isinstance(x, (bool, np.bool_)) else str(x) for x in v]
        else:
            column["kind"] = "number"
            column["values"] = [None if x is None else float(str(x)) for x in v]
        columns.append(column)
    want[name] = columns


def seconds(x):
    if isinstance(x, str):
        x = pd.Timestamp(x)
    if isinstance(x, date) and not isinstance(x, datetime):
        x = pd.Timestamp(x)
    return (x if x.tzinfo else x.tz_localize("UTC")).timestamp()


def path(name):
    return os.path.join(folder, name)


def json_lines():
    """As pandas writes them, and nested records as a web service does."""
    df = frame.drop(columns=["price"])
    df.assign(born=df.born.astype(str).where(df.born.notna(), None)).to_json(
        path("frame.jsonl"), orient="records", lines=True, date_format="iso", force_ascii=False)
    describe("frame.jsonl", df, times=("born", "seen", "paid"), text=("account",))
    records = [
        {"user": {"id": 7, "address": {"city": "서울", "zip": "04524"}}, "amount": 2.5, "tags": ["a", "b"], "ok": True},
        {"user": {"id": 8}, "amount": None, "tags": [], "ok": False, "note": "late"},
        {"amount": 1e-3, "user": {"address": {"city": "Köln", "zip": "50667"}, "id": 9}, "ok": True},
    ]
    with open(path("nested.json"), "w", encoding="utf-8") as f:
        json.dump(records, f, ensure_ascii=False, indent=1)
    with open(path("nested-utf16.ndjson"), "w", encoding="utf-16") as f:
        f.writelines(json.dumps(r, ensure_ascii=False) + "\r\n" for r in records)
    df = pd.json_normalize(records)
    df = df[["user.id", "user.address.city", "user.address.zip", "amount", "tags", "ok", "note"]]
    df["tags"] = [json.dumps(t, separators=(",", ":")) if isinstance(t, list) else None for t in df["tags"]]
    for name in ("nested.json", "nested-utf16.ndjson"):
        describe(name, df)


def workbooks():
    """As pandas writes them, and as an office does: titles, merged headers, dates, percents, notes, several sheets."""
    df = frame.drop(columns=["paid"]).assign(price=frame.price.astype(float), account=frame.account.astype(str))
    df.to_excel(path("frame.xlsx"), index=False)
    describe("frame.xlsx", pd.read_excel(path("frame.xlsx"), dtype={"zip": str, "account": str}),
             times=("born", "seen"), text=("account",), flags=("member",))
    book = openpyxl.Workbook()
    about = book.active
    about.title = "about"
    about.sheet_state = "hidden"
    about["A1"] = "nothing"
    s = book.create_sheet("판매")
    book.active = s
    rows = [["2024년 지점별 판매"], ["단위: 천 원"], [],
            ["지점", "기준일", "판매", None, "성장률", "확정", "시각"], [None, None, 2023, 2024, None, None, None],
            ["서울", date(2024, 1, 31), 1200, 1350.5, 0.125, True, time(9, 30)],
            ["부산", date(2024, 2, 29), 800, None, -0.05, False, time(10, 0)],
            [],
            ["제주", date(1900, 2, 28), 310, 305, "=D9/C9-1", True, time(23, 59, 59)],
            ["대구", date(1900, 3, 1), 410, 405, "#DIV/0!", True, time(0, 0)],
            ["출처: 본사 회계팀"]]
    for row in rows:
        s.append(row)
    for merged in ("A1:G1", "C4:D4", "A4:A5", "B4:B5", "E4:E5", "F4:F5", "G4:G5"):
        s.merge_cells(merged)
    for line in range(6, 11):
        s.cell(line, 2).number_format = "yyyy\\-mm\\-dd;@"
        s.cell(line, 5).number_format = "0.0%"
    book.save(path("office.xlsx"))
    read = pd.read_excel(path("office.xlsx"), sheet_name="판매", skiprows=5, nrows=5, header=None, dtype={6: str})
    read = read.dropna(how="all")
    read.columns = ["지점", "기준일", "판매 2023", "판매 2024", "성장률", "확정", "시각"]
    describe("office.xlsx", read, times=("기준일",), flags=("확정",))


def parquet():
    """As pandas writes them, and with each codec, encoding, page version and kind of type."""
    frame.to_parquet(path("frame.parquet"), index=False)
    times = ("born", "seen", "paid")
    describe("frame.parquet", pd.read_parquet(path("frame.parquet")), times=times, text=("account",))
    n = 300
    mixed = pa.table({
        "i": pa.array([None if i % 7 == 3 else i * i - 1000 for i in range(n)], pa.int32()),
        "l": pa.array([i * 10**12 for i in range(n)], pa.int64()),
        "u": pa.array([2**32 - 1 - i for i in range(n)], pa.uint32()),
        "f": pa.array([i / 8 for i in range(n)], pa.float32()),
        "d": pa.array([None if i % 50 == 0 else i / 3 for i in range(n)], pa.float64()),
        "s": pa.array([f"name of {i // 3}" for i in range(n)], pa.string()),
        "b": pa.array([None if i == 5 else i % 3 == 0 for i in range(n)], pa.bool_()),
        "t": pa.array([i * 86400 * 1000 + i for i in range(n)], pa.timestamp("ms")),
    })
    text = {"l": "DELTA_BINARY_PACKED", "i": "DELTA_BINARY_PACKED", "u": "DELTA_BINARY_PACKED",
            "t": "DELTA_BINARY_PACKED", "f": "BYTE_STREAM_SPLIT", "d": "BYTE_STREAM_SPLIT", "s": "DELTA_BYTE_ARRAY",
            "b": "RLE"}
    for name, options in {
        "plain.parquet": {"compression": "none", "use_dictionary": False, "version": "1.0"},
        "gzip.parquet": {"compression": "gzip", "row_group_size": 128, "data_page_size": 256},
        "delta-zstd.parquet": {"compression": "zstd", "use_dictionary": False, "column_encoding": text,
                               "data_page_version": "2.0", "data_page_size": 512},
        "lengths-lz4.parquet": {"compression": "lz4", "use_dictionary": False, "data_page_version": "2.0",
                                "column_encoding": {**text, "s": "DELTA_LENGTH_BYTE_ARRAY"}},
        "snappy.parquet": {"compression": "snappy", "data_page_version": "2.0", "row_group_size": 100},
    }.items():
        pq.write_table(mixed, path(name), **options)
        describe(name, pq.read_table(path(name)).to_pandas(), times=("t",))
    types = pa.table({
        "half": pa.array([1.5, -0.25, None], pa.float16()),
        "small": pa.array([Decimal("1.25"), None, Decimal("-99.99")], pa.decimal128(4, 2)),
        "middle": pa.array([Decimal("1234567890.123"), Decimal("-0.001"), None], pa.decimal128(15, 3)),
        "large": pa.array([Decimal("12345678901234567890.5"), Decimal("-1.0"), Decimal("0.5")], pa.decimal128(30, 1)),
        "clock": pa.array([time(1, 2, 3, 4000), time(23, 59, 59), None], pa.time64("us")),
        "u8": pa.array([0, 255, None], pa.uint8()),
        "i8": pa.array([-128, 127, None], pa.int8()),
        "nanos": pa.array([1, 10**18 + 1, None], pa.timestamp("ns", "Asia/Seoul")),
        "user": pa.array([{"id": 1, "at": {"city": "서울"}}, {"id": None, "at": None}, None],
                         pa.struct([("id", pa.int64()), ("at", pa.struct([("city", pa.string())]))])),
        "tags": pa.array([["a", None, "b"], [], None], pa.list_(pa.string())),
        "sizes": pa.array([[1, 2], [3], [4, 5, 6]], pa.list_(pa.int32())),
        "kind": pa.array(["x", "y", "x"], pa.dictionary(pa.int8(), pa.string())),
    })
    pq.write_table(types, path("types.parquet"), store_decimal_as_integer=True)
    df = pq.read_table(path("types.parquet")).to_pandas()
    df["user.id"] = [1, None, None]
    df["user.at.city"] = ["서울", None, None]
    df["tags"] = ['["a",null,"b"]', "[]", None]
    df["sizes"] = ["[1,2]", "[3]", "[4,5,6]"]
    df["clock"] = ["01:02:03.004", "23:59:59", None]
    df["kind"] = df["kind"].astype(str)
    names = ["half", "small", "middle", "large", "clock", "u8", "i8", "nanos", "user.id", "user.at.city", "tags", "sizes",
             "kind"]
    describe("types.parquet", df[names], times=("nanos",))
    old = pa.table({"old": pa.array([0, None, 86400 * 10**9 + 5], pa.timestamp("ns"))})
    pq.write_table(old, path("int96.parquet"), use_deprecated_int96_timestamps=True)
    describe("int96.parquet", pq.read_table(path("int96.parquet")).to_pandas(), times=("old",))


json_lines()
workbooks()
parquet()
with open(path("want.json"), "w", encoding="utf-8") as f:
    json.dump(want, f, ensure_ascii=False, indent=1, sort_keys=True)
    f.write("\n")
