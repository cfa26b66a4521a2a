"""Writes a file whose groups and attributes are too many for one block of anything: python3 large.py FILE.
(Too large to keep: a heap of more than one table, trees of version 2 more than one node deep.)"""
import sys
import h5py
import numpy as np

with h5py.File(sys.argv[1], "w", libver="latest") as f:
    for i in range(300):
        f.attrs[f"a{i:03d}"] = np.full(450, i, "f8")
    g = f.create_group("links")
    for i in range(12000):
        g[f"a link with a name that takes its room {i:05d}"] = h5py.SoftLink("/x")
    f["x"] = 1
    d = f.create_dataset("tree", (120, 120), "u1", chunks=(1, 1), maxshape=(None, None))
    d[...] = np.arange(14400).reshape(120, 120) % 251
with h5py.File(sys.argv[1] + ".old", "w") as f:
    d = f.create_dataset("tree", (120, 120), "u1", chunks=(1, 1))
    d[...] = np.arange(14400).reshape(120, 120) % 251
    for i in range(3000):
        f.attrs[f"a{i:04d}"] = i
