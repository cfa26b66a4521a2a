"""Prints as JSON what h5py reads in HDF5 files: python3 dump.py FILE...

For every group and dataset by path: its attributes, for groups the names in it, and for datasets the values. Values are their shape and the
SHA-256 of their elements as float64, little-endian, or for strings of the elements with a NUL after each. A FILE
ZIP::MEMBER is a member of a zip.
"""
import hashlib
import io
import json
import sys
import zipfile
import h5py
import numpy as np


def value(a, dtype, bfloat16=False):
    if isinstance(a, h5py.Empty):
        return {"shape": [0], "sum": hashlib.sha256(b"").hexdigest()}
    a = np.asarray(a)
    if h5py.check_string_dtype(dtype) is not None:
        shape = a.shape
        parts = []
        for s in a.ravel():
            s = s if isinstance(s, bytes) else str(s).encode()
            parts.append(s + b"\0")
        return {"shape": list(shape), "sum": hashlib.sha256(b"".join(parts)).hexdigest()}
    if bfloat16:
        a = (a.view("<u2").astype("<u4") << 16).view("<f4")
    if a.dtype.kind not in "biuf":
        return {"shape": list(a.shape), "sum": ""}
    return {"shape": list(a.shape), "sum": hashlib.sha256(a.astype("<f8").tobytes()).hexdigest()}


def attrs(o):
    out = {}
    for k in o.attrs.keys():
        i = o.attrs.get_id(k)
        out[k] = value(o.attrs[k], i.dtype)
    return out


def dump(file):
    out = {}
    with h5py.File(file, "r") as f:
        def visit(name, o):
            if isinstance(o, h5py.Datatype):
                return
            e = {"attrs": attrs(o)}
            if isinstance(o, h5py.Dataset):
                try:
                    e["value"] = value(o[()], o.dtype, o.attrs.get("dtype") == "bfloat16")
                except OSError as err:
                    e["value"] = {"shape": list(o.shape), "sum": "", "error": str(err)}
            else:
                e["names"] = sorted(o.keys(), key=str.encode)
            out["/" + name] = e
        visit("", f)
        f.visititems(visit)
    return out


def main():
    out = {}
    for path in sys.argv[1:]:
        zipped, _, member = path.partition("::")
        if member:
            with zipfile.ZipFile(zipped) as z:
                out[path] = dump(io.BytesIO(z.read(member)))
        else:
            out[path] = dump(path)
    json.dump(out, sys.stdout)


if __name__ == "__main__":
    main()
