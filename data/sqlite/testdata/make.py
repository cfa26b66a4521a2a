"""Writes the databases of the tests with Python's sqlite3, and want.json: what pandas reads of them.

python make.py, in this folder. Versions: Python 3.11.7, SQLite 3.40.1, pandas 3.1.1.
"""
import json, math, os, sqlite3
import pandas as pd

want = {}


def database(name, *statements, pragmas=(), tables=()):
    if os.path.exists(name):
        os.remove(name)
    db = sqlite3.connect(name, isolation_level=None)
    for p in pragmas:
        db.execute("PRAGMA " + p)
    for s in statements:
        if isinstance(s, tuple):
            db.executemany(*s)
        else:
            db.execute(s)
    for t in tables:
        frame = pd.read_sql_query(f'SELECT * FROM "{t}"', db)
        cells = lambda v: None if v is None or isinstance(v, bytes) or isinstance(v, float) and math.isnan(v) else v
        want[f"{name}?table={t}"] = {c: [cells(v) for v in frame[c].astype(object)] for c in frame.columns}
    db.close()


# Every kind of value, in pages of 512 bytes: b-trees of three levels, records that overflow onto chains of pages.
long = "고래 whale " * 400
rows = [(i, (-1) ** i * 7 ** (i % 18), i / 7, f"word {i % 13}", None if i % 5 == 0 else i % 3, long[: (i % 7) ** 4] or "x",
         bytes(range(i % 50)) if i % 2 else None) for i in range(1, 230)]
database("kinds.sqlite", "CREATE TABLE kinds (id INTEGER PRIMARY KEY, whole INT, part REAL, word TEXT, hole, long TEXT, raw BLOB)",
         ("INSERT INTO kinds VALUES (?, ?, ?, ?, ?, ?, ?)", rows), "DELETE FROM kinds WHERE id % 97 = 0",
         "CREATE INDEX words ON kinds (word)", pragmas=["page_size=512"], tables=["kinds"])

# Names in quotation marks, comments, columns that are computed or were added, tables without row numbers, UTF-16.
database("names.sqlite",
         """CREATE TABLE "a table" ( -- with a comment, (here)
             "first, name" VARCHAR(20) NOT NULL DEFAULT 'x', [second] NUMERIC(10, 2) CHECK ([second] > 0 OR "second" IS NULL),
             `third` REAL GENERATED ALWAYS AS ("second" * 2) STORED, /* , */ 'fourth' TEXT,
             CONSTRAINT one UNIQUE ("first, name", second))""",
         ("INSERT INTO \"a table\" (\"first, name\", second, fourth) VALUES (?, ?, ?)", [(f"n{i}", i + .25, f"it's {i}") for i in range(40)]),
         "ALTER TABLE \"a table\" ADD COLUMN added INTEGER DEFAULT -7", "ALTER TABLE \"a table\" ADD COLUMN word TEXT DEFAULT 'new'",
         "INSERT INTO \"a table\" (\"first, name\", second, fourth, added, word) VALUES ('last', 99, NULL, 3, 'old')",
         "CREATE TABLE keyed (value REAL, b TEXT, a INTEGER, PRIMARY KEY (a, b)) WITHOUT ROWID",
         ("INSERT INTO keyed VALUES (?, ?, ?)", [(i / 3, f"k{i % 7}" + "z" * (i % 300), i // 7) for i in range(160)]),
         "CREATE TABLE numbered (n INT PRIMARY KEY, v TEXT)", ("INSERT INTO numbered VALUES (?, ?)", [(5 - i, f"v{i}") for i in range(5)]),
         "CREATE TABLE late (id INTEGER, v REAL, PRIMARY KEY (id))", ("INSERT INTO late VALUES (?, ?)", [(3, 1.5), (-2, 2.5), (1 << 40, 3.5)]),
         "CREATE VIEW seen AS SELECT v FROM late", "CREATE VIRTUAL TABLE words USING fts4(body)",
         pragmas=["encoding='UTF-16le'"], tables=["a table", "keyed", "numbered", "late"])

# Bytes that are reserved at the end of each page, and pages of 64 KiB.
database("large.sqlite", "CREATE TABLE t (x INTEGER, y TEXT)", ("INSERT INTO t VALUES (?, ?)", [(i, "y" * (i * 150)) for i in range(12)]),
         pragmas=["page_size=65536"], tables=["t"])
with open("want.json", "w") as f:
    json.dump(want, f, ensure_ascii=False, separators=(",", ":"))
