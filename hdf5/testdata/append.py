"""Opens a file for reading and writing and adds to it and takes from it, so that the library splits and merges what
stands there: python3 append.py FILE. A tree that is not well formed fails here, even if it can be read."""
import sys
import h5py
import numpy as np

with h5py.File(sys.argv[1], "r+") as f:
    g = f["many"]
    for i in range(400):
        g.create_group(f"added{i:03d}")
    for i in range(0, 300, 3):
        del g[f"g{i:03d}"]
    f.create_group("empty/now/not")
    f["x"][0] = 42
    f["x"].attrs["more"] = np.arange(500.0)
    f.attrs["text"] = "changed"
    a = f["large"].attrs
    del a["matrix"], a["small07"]
    a["numbers"] = np.arange(90000.0)
    a.modify("fixed", np.array([b"short"] * 5000))
    for i in range(40):
        a[f"further{i:02d}"] = np.arange(1000.0 * (i % 3)) + i
    f["large"].create_group("new")
    f["large/x"].attrs["numbers"] = 5
    f["large/y"].attrs["numbers"] = np.arange(5)
with h5py.File(sys.argv[1], "r") as f:
    assert len(f["many"]) == 600 and "g001" in f["many"] and "g000" not in f["many"], len(f["many"])
    assert f["x"][0] == 42 and f["x"][2] == 3 and f.attrs["text"] == "changed"
    for i in range(1, 300, 3):
        assert f[f"many/g{i:03d}"].attrs["i"] == i
    a = f["large"].attrs
    assert len(a) == 65 + 40 - 1 and "matrix" not in a and a["small08"] == 8, sorted(a)
    assert a["numbers"][89999] == 89999 and a["fixed"][4999] == b"short"
    assert a["further05"][1999] == 2004 and a["strings"][3] == "층층층"
    assert f["large/x"].attrs["numbers"] == 5 and f["large/x"].attrs["unit"] == "m" and f["large/x"][4] == 0.625
