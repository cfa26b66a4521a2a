"""Writes the files of the tests with pyarrow, and want.json. Versions: pyarrow 26.0.1."""
import datetime as dt, decimal, json
import pyarrow as pa, pyarrow.feather as feather, pyarrow.ipc as ipc

d = dt.date(2024, 2, 29)
t = dt.datetime(2024, 2, 29, 23, 59, 58, 500000)
table = pa.table({
    "i8": pa.array([1, None, -3], pa.int8()), "u64": pa.array([2 ** 64 - 1, 0, None], pa.uint64()),
    "f16": pa.array([.5, None, 2], pa.float16()), "f32": pa.array([.1, 1e30, None], pa.float32()),
    "f64": pa.array([.1, float("nan"), -2.5]), "b": pa.array([True, False, None]),
    "text": pa.array(["고래", None, " x"]), "large": pa.array(["a", "b", None], pa.large_string()),
    "view": pa.array(["short", "a text of more than twelve bytes", None], pa.string_view()),
    "word": pa.array(["u", "v", "u"]).dictionary_encode(), "day": pa.array([d, None, d], pa.date32()),
    "moment": pa.array([t, None, t], pa.timestamp("ms")), "instant": pa.array([t, None, t], pa.timestamp("us", "Asia/Seoul")),
    "clock": pa.array([t.time(), None, t.time()], pa.time64("us")), "lasts": pa.array([1500, None, 0], pa.duration("ms")),
    "price": pa.array([decimal.Decimal("12.50"), None, decimal.Decimal("-0.07")], pa.decimal128(9, 2)),
    "raw": pa.array([b"ok", b"\xff", None]), "list": pa.array([[1, 2], [], None], pa.list_(pa.int32())),
    "in": pa.array([{"a": 1, "b": {"c": "x"}}, None, {"a": None, "b": None}]),
    "none": pa.nulls(3),
})
# What each cell is as text, by hand from the values above and the rules of data.Rows.
want = {
    "i8": ["1", "", "-3"], "u64": ["18446744073709551615", "0", ""], "f16": ["0.5", "", "2"],
    "f32": ["0.1", "1000000015047466200000000000000", ""], "f64": ["0.1", "", "-2.5"], "b": ["true", "false", ""],
    "text": ["고래", "", "x"], "large": ["a", "b", ""], "view": ["short", "a text of more than twelve bytes", ""],
    "word": ["u", "v", "u"], "day": ["2024-02-29", "", "2024-02-29"],
    "moment": ["2024-02-29 23:59:58.5", "", "2024-02-29 23:59:58.5"],
    "instant": ["2024-02-29T23:59:58.5Z", "", "2024-02-29T23:59:58.5Z"], "clock": ["23:59:58.5", "", "23:59:58.5"],
    "lasts": ["1.5", "", "0"], "price": ["12.5", "", "-0.07"], "raw": ["ok", "", ""], "list": ["[1,2]", "[]", ""],
    "in.a": ["1", "", ""], "in.b.c": ["x", "", ""], "none": ["", "", ""],
}
want["f32"][1] = "1e+30"
json.dump(want, open("want.json", "w"), ensure_ascii=False)
for codec in ("uncompressed", "lz4", "zstd"):
    feather.write_feather(table, f"{codec}.feather", compression=codec, chunksize=2)
with ipc.new_stream("stream.arrows", table.schema) as w:
    w.write_table(table)
