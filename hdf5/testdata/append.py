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
with h5py.File(sys.argv[1], "r") as f:
    assert len(f["many"]) == 600 and "g001" in f["many"] and "g000" not in f["many"], len(f["many"])
    assert f["x"][0] == 42 and f["x"][2] == 3 and f.attrs["text"] == "changed"
    for i in range(1, 300, 3):
        assert f[f"many/g{i:03d}"].attrs["i"] == i
