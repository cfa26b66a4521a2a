# Writes the arrays and the expected values of the tests of npy, npz and printing
# with NumPy (1.24.2): python3 make.py, in this folder.
import io, json, zipfile
import numpy as np

def write(name, a, **kw):
    with open(name + ".npy", "wb") as f:
        np.lib.format.write_array(f, a, **kw)

rng = np.random.default_rng(7)
cases = {}

def case(name, a, **kw):
    write(name, a, **kw)
    kind = "float32" if a.dtype.kind == "f" else "uint8" if a.dtype in (np.uint8, np.bool_) else "int32"
    cases[name] = {
        "dtype": kind, "shape": list(a.shape),
        "values": [repr(float(np.float32(v))) if kind == "float32" else str(int(v)) for v in a.flatten()],
    }

half = np.array([[1.5, -2, 65504, 6e-8], [np.inf, -np.inf, 0, 2**-14]], "<f2")
real = rng.normal(size=(2, 3, 4))
whole = rng.integers(-128, 128, size=(3, 5))
case("f2-little", half)
case("f2-big", half.astype(">f2"))
case("f4-little", real.astype("<f4"))
case("f4-big", real.astype(">f4"))
case("f8-little", real)
case("f8-big-fortran", np.asfortranarray(real.astype(">f8")))
for t in ["i1", "<i2", ">i2", "<i4", ">i4", "<i8", ">i8"]:
    case(t.replace("<", "little-").replace(">", "big-"), whole.astype(t))
for t in ["u1", "<u2", ">u2", "<u4", ">u4", "<u8", ">u8"]:
    case(t.replace("<", "little-").replace(">", "big-"), (whole & 127).astype(t))
case("bool", whole > 0)
case("u1-fortran", np.asfortranarray((rng.integers(0, 256, size=(2, 3, 2, 2))).astype("u1")))
case("i4-fortran", np.asfortranarray(whole.astype("<i4")))
case("scalar", np.array(2.5, "<f4"))
case("vector", np.arange(7, dtype="<i8"))
case("empty", np.zeros((0, 3), "<f4"))
case("version2", real.astype("<f4"), version=(2, 0))
case("version3", real.astype("<f4"), version=(3, 0))
json.dump(cases, open("npy.json", "w"), indent=0)

for name, a in {
    "bad-object": np.array([1, "a"], object), "bad-text": np.array(["a", "bc"]),
    "bad-complex": np.array([1 + 2j]), "bad-struct": np.zeros(2, [("a", "<f4"), ("b", "<i4")]),
    "bad-i8": np.array([1, 2**31], "<i8"), "bad-u8": np.array([1, 2**63], "<u8"),
    "bad-u4": np.array([7, 4294967295], ">u4"), "bad-f8": np.array([1, 1e39]),
}.items():
    write(name, a)

np.savez("stored.npz", x=np.arange(6, dtype="u1").reshape(1, 2, 3), y=np.array([3]))
np.savez_compressed("deflated.npz", x=np.arange(6, dtype="u1").reshape(1, 2, 3), y=np.array([3]))
np.savez_compressed("text.npz", n=np.array([1.5, 2, 3]), u=np.array(["고래", "", "a\0b"]), big=np.array(["x", "깊이", "🐋"], ">U2"),
                    s=np.array(["고래".encode(), b"", b"deep"]), square=np.array([["a", "b"], ["c", "d"]]))

prints = []
def show(a):
    prints.append({"dtype": str(a.dtype), "shape": list(a.shape),
                   "values": [repr(float(v)) for v in a.flatten()], "text": str(a)})
f = np.float32
show(np.array(2.5, f)); show(np.array(3, f)); show(np.array(-7, np.int32))
show(np.array([], f)); show(np.zeros((2, 0), f)); show(np.array([1, 2.5, -3.25], f))
show(np.array([[1, 2, 3], [4, 5, 6]], f)); show(np.array([0.1, 0.2, 1 / 3], f))
show(np.array([1e10, 1, 0], f)); show(np.array([1e-5, 1], f)); show(np.array([123456.78, 0.5], f))
show(np.array([np.nan, np.inf, -np.inf, 1.5], f)); show(np.array([np.nan, 2], f)); show(np.array([np.inf, 1], f))
show(np.array([1e8, 1e8], f)); show(np.array([99999, 100.5], f)); show(np.array([0, -0.0], f))
show(np.arange(24, dtype=np.int32).reshape(2, 3, 4)); show(rng.normal(size=(2, 2, 3)).astype(f))
show(np.arange(30, dtype=np.int32)); show(np.arange(1001, dtype=np.int32)); show(np.arange(1000, dtype=np.int32))
show((np.arange(2000) % 251).astype(np.uint8).reshape(20, 100)); show(rng.normal(size=(40, 40)).astype(f))
show(np.arange(3000, dtype=np.int32).reshape(10, 30, 10) - 1500); show(rng.normal(size=(3, 17)).astype(f))
show(np.array([255, 0, 3], np.uint8)); show(np.array([[[[1]]]], f)); show(np.array([1e-30, 1e30], f))
show(np.arange(2000, dtype=np.int32).reshape(2, 1000)); show(np.arange(1400, dtype=np.int32).reshape(200, 7))
for v in [1e-5, 1e16, 1e15, np.nan, -np.inf, 0, 0.1]: show(np.array(v, f))
json.dump(prints, open("print.json", "w"))
