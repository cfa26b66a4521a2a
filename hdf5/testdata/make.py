"""Makes the h5py-written files of this folder, and dump.json beside them: what h5py reads in each.

Run it in this folder: python3 make.py   (h5py 3.7, HDF5 1.10)
Every file is small and shows one or a few features of the format; the names say which.
"""
import ctypes
import json
import h5py
import numpy as np
from dump import dump

rng = np.random.default_rng(1)


def files():
    for libver, tag in (("earliest", "old"), ("latest", "new")):
        yield types, f"types-{tag}", libver
        yield strings, f"strings-{tag}", libver
        yield attributes, f"attributes-{tag}", libver
        yield many, f"many-{tag}", libver
        yield links, f"links-{tag}", libver
        yield chunks, f"chunks-{tag}", libver
        yield filters, f"filters-{tag}", libver
        yield storage, f"storage-{tag}", libver
        yield dense, f"dense-{tag}", libver
    yield indexes, "indexes", "latest"
    yield growing, "growing", "latest"
    yield v2tree, "v2tree", "latest"
    yield swmr, "superblock2", ("v108", "v108")
    yield userblock, "userblock", "earliest"
    yield further, "further-old", "earliest"
    yield further, "further-new", "latest"
    yield refused, "refused", "latest"
    yield deep, "superblock1", "earliest"


def bfloat16(order):
    t = h5py.h5t.IEEE_F32LE.copy()
    t.set_fields(15, 7, 8, 0, 7)
    t.set_size(2)
    t.set_ebias(127)
    t.set_order(order)
    return t


def further(f):
    # bfloat16 as a type of numbers, and as Keras stores it: bytes, and an attribute
    for name, order in ((b"bfloat16le", h5py.h5t.ORDER_LE), (b"bfloat16be", h5py.h5t.ORDER_BE)):
        d = h5py.h5d.create(f.id, name, bfloat16(order), h5py.h5s.create_simple((4,)))
        d.write(h5py.h5s.ALL, h5py.h5s.ALL, np.array([1, -2.5, 0, 3e38], "f4"))
    bits = np.array([[1, -2.5, 0], [1 / 3, 3e38, -0.0]], "<f4").view("<u4") >> 16
    f["keras"] = bits.astype("<u2").view("V2")
    f["keras"].attrs["dtype"] = "bfloat16"
    f["other"] = bits.astype("<u2").view("V2")
    # names that are not ASCII, an order of creation, times
    g = f.create_group("층/가중치", track_order=True)
    for i in range(12):
        g[f"x{11 - i}"] = np.float32(i)
        g.attrs[f"a{11 - i}"] = i
    f.create_dataset("times", data=np.arange(3), track_times=True)
    # values that were never written, with a fill value of each width, and chunks of which some were
    for code in ("i1", ">i2", "u8", "f2", ">f4", "f8"):
        f.create_dataset("fill" + code.strip(">"), (3,), code, fillvalue=7)
    d = f.create_dataset("holes", (9, 4), ">f8", chunks=(2, 3), fillvalue=0.5, compression="gzip", shuffle=True)
    d[4:6] = 2
    # booleans and texts in chunks, filtered, of two dimensions without end
    f.create_dataset("flags", data=np.arange(12).reshape(3, 4) % 3 == 0, chunks=(2, 2), compression="gzip")
    f.create_dataset("words", data=np.array([[b"ab", b"c"], [b"", b"def"]], "S5"), chunks=(1, 2), shuffle=True,
                     compression=9, maxshape=(None, None))
    f.create_dataset("both", data=np.arange(35, dtype=">i4").reshape(5, 7), chunks=(2, 3), maxshape=(None, None),
                     compression="gzip", fletcher32=True)
    f.create_dataset("zero", (0, 3), "f4", chunks=(2, 3), maxshape=(None, 3))
    f.create_dataset("scalartext", data="고래")
    f.create_dataset("emptytext", data="")


def refused(f):
    f.create_dataset("scaled", data=np.arange(20), chunks=(5,), scaleoffset=0)
    f.create_dataset("elsewhere", (3,), "f4", external=[("elsewhere.bin", 0, 12)])
    v = h5py.VirtualLayout((3,), "f4")
    v[:] = h5py.VirtualSource("elsewhere.h5", "x", (3,))
    f.create_virtual_dataset("virtual", v)
    f["x"] = 1


def deep(f):
    # nodes of a few children, so that a few links make a tree of several levels, and addresses of 4 bytes
    for i in range(60):
        f.create_group(f"g{i * 37 % 60:02d}").attrs["i"] = i
    d = f.create_dataset("chunks", (40, 3), "i2", chunks=(1, 2))
    d[...] = np.arange(120).reshape(40, 3)
    for i in range(0, 60, 7):
        del f[f"g{i:02d}"]


def types(f):
    for code in ("i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8"):
        for order in "<>":
            t = np.dtype(order + code)
            if t.kind == "f":
                a = np.array([0, -0.0, 1.5, -2.25, 6e-8, 65504, np.inf, 1 / 3], t)
            else:
                i = np.iinfo(t)
                a = np.array([0, 1, i.max // 3, i.max if code != "u8" else 2**63 - 1, i.min], t)
            f[f"{code}{'le' if order == '<' else 'be'}"] = a
    f["bool"] = np.array([True, False, True])
    f["scalar"] = np.float32(2.5)
    f["empty"] = np.zeros((0, 3), "f4")
    f["null"] = h5py.Empty("f4")
    f["matrix"] = np.arange(24, dtype="f4").reshape(2, 3, 4)
    f["enum"] = np.array([3, 5, 3], h5py.enum_dtype({"A": 3, "B": 5}, basetype="i2"))
    d = f.create_dataset("array", (3,), np.dtype(("<f4", (2, 2))))
    d[...] = np.arange(12, dtype="f4").reshape(3, 2, 2)
    f["committed"] = np.dtype("<f8")
    f.create_dataset("usescommitted", data=np.arange(3.0), dtype=f["committed"])
    f["committed"].attrs["note"] = 1
    f["usescommitted"].attrs.create("c", 7.0, dtype=f["committed"])
    f["opaque"] = np.array([b"ab", b"cd"], "V2")
    f["compound"] = np.array([(1, 2.0)], [("a", "i4"), ("b", "f4")])


def strings(f):
    f["vlen"] = np.array(["고래", "", "a", "long " * 30], h5py.string_dtype())
    f["ascii"] = np.array([b"x", b"yz"], h5py.string_dtype("ascii"))
    f["fixed"] = np.array([b"ab", b"", b"cdefg"])
    f["utf8fixed"] = np.array(["고래".encode(), b"whale"], h5py.string_dtype("utf-8", 6))
    f["scalar"] = "one string"
    for name, pad, values in ((b"spaced", h5py.h5t.STR_SPACEPAD, [b"ab    ", b"cdef  "]),
                              (b"terminated", h5py.h5t.STR_NULLTERM, [b"ab\0xyz", b"cdefg"])):
        t = h5py.h5t.C_S1.copy()
        t.set_size(6)
        t.set_strpad(pad)
        d = h5py.h5d.create(f.id, name, t, h5py.h5s.create_simple((2,)))
        d.write(h5py.h5s.ALL, h5py.h5s.ALL, np.array(values, "S6"), mtype=t)


def attributes(f):
    f.attrs["keras_version"] = "3.13.0"
    f.attrs["model_config"] = "{" + "x" * 5000 + "}"
    f.attrs["layer_names"] = np.array([b"dense", b"dense_1", b"dropout"])
    f.attrs["weight_names"] = np.zeros((0,), "f8")
    f.attrs["문자"] = "고래"
    f.attrs["list"] = ["a", "bc", ""]
    f.attrs["number"] = np.int32(-3)
    f.attrs["matrix"] = np.arange(6, dtype=">f4").reshape(2, 3)
    f.attrs["yes"] = np.bool_(True)
    f.attrs["none"] = h5py.Empty("f8")
    f.attrs["ref"] = f.ref
    d = f.create_dataset("d", data=np.arange(3))
    d.attrs["trainable"] = True


def many(f):
    # more links than one B-tree node of 32 nodes of 8 holds: soft links, which take little room
    for i in range(300):
        f[f"link{i * 7919 % 300:03d}"] = h5py.SoftLink("/group/x")
    f["group/x"] = 1.5
    for i in range(6):
        f.attrs[f"a{i}"] = i


def links(f):
    f.create_group("a/b/c")
    f["a/b/x"] = np.arange(4)
    f["hard"] = f["a/b/x"]
    f["a/b/cycle"] = f["a"]
    f["soft"] = h5py.SoftLink("/a/b/x")
    f["a/relative"] = h5py.SoftLink("b/x")
    f["loop"] = h5py.SoftLink("/loop")
    f["dangling"] = h5py.SoftLink("/nowhere")
    f["external"] = h5py.ExternalLink("other.h5", "/x")
    f["a/b/y"] = 2
    # followed faithfully, fan0 takes 20 to the power of 8 steps to arrive at the root
    for i in range(8):
        f[f"fan{i}"] = h5py.SoftLink("/" + "/".join([f"fan{i + 1}"] * 20))
    f["fan8"] = h5py.SoftLink("/")


def chunks(f):
    f.create_dataset("one", data=np.arange(60, dtype="f4").reshape(6, 10), chunks=(6, 10))
    f.create_dataset("cut", data=np.arange(77, dtype="i2").reshape(7, 11), chunks=(3, 4))
    f.create_dataset("cube", data=np.arange(3 * 5 * 7, dtype="u1").reshape(3, 5, 7), chunks=(2, 2, 3))
    f.create_dataset("large", data=np.arange(5, dtype="f8"), chunks=(8,), maxshape=(20,))
    d = f.create_dataset("sparse", (10, 10), "f4", chunks=(4, 4), fillvalue=-1.5)
    d[5, 5] = 3
    f.create_dataset("never", (4,), "i4", chunks=(2,), fillvalue=9)
    d = f.create_dataset("shrunk", data=np.arange(20), chunks=(4,), maxshape=(None,))
    d.resize((6,))
    d = f.create_dataset("array", (3,), np.dtype(("<i2", (2,))), chunks=(2,))
    d[...] = np.arange(6).reshape(3, 2)
    f.create_dataset("text", data=np.array(["ab", "c", "", "defg"], h5py.string_dtype()), chunks=(3,))


def filters(f):
    a = (np.arange(600) % 17).astype("<f4").reshape(20, 30)
    f.create_dataset("gzip", data=a, chunks=(8, 8), compression="gzip")
    f.create_dataset("shuffle", data=a, chunks=(8, 8), compression="gzip", shuffle=True)
    f.create_dataset("fletcher", data=a[:3, :5], chunks=(2, 2), fletcher32=True)
    f.create_dataset("odd", data=np.arange(9, dtype="u1"), chunks=(3,), fletcher32=True)
    f.create_dataset("all", data=a, chunks=(7, 9), compression="gzip", shuffle=True, fletcher32=True)
    f.create_dataset("allone", data=a, chunks=(20, 30), compression="gzip", shuffle=True, fletcher32=True)
    d = f.create_dataset("masked", (4,), "i4", chunks=(2,), compression="gzip")
    d.id.write_direct_chunk((0,), np.array([5, 6], "<i4").tobytes(), 1)
    d[2:] = [7, 8]
    f.create_dataset("lzf", data=a, chunks=(8, 8), compression="lzf")


def storage(f):
    p = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    p.set_layout(h5py.h5d.COMPACT)
    d = h5py.h5d.create(f.id, b"compact", h5py.h5t.IEEE_F32LE, h5py.h5s.create_simple((3,)), p)
    d.write(h5py.h5s.ALL, h5py.h5s.ALL, np.array([1, 2, 3], "f4"))
    f.create_dataset("unwritten", (3,), "f4")
    f.create_dataset("filled", (3, 2), "f4", fillvalue=2.5)
    f["written"] = np.arange(3.0)


def dense(f):
    for i in range(40):
        f.attrs[f"attribute{i:02d}"] = np.full(i % 5 + 1, i, "f4")
    f.attrs["huge"] = np.arange(1200, dtype="f8") % 7
    for i in range(3):
        f[f"x{i}"] = i


def indexes(f):
    # single chunk, fixed array (plain, filtered, paged), implicit
    a = np.arange(50, dtype="f4").reshape(5, 10)
    f.create_dataset("single", data=a, chunks=(5, 10))
    f.create_dataset("singlegzip", data=a, chunks=(5, 10), compression="gzip")
    f.create_dataset("fixed", data=a, chunks=(2, 3))
    f.create_dataset("fixedmax", data=a, chunks=(2, 3), maxshape=(9, 20))
    f.create_dataset("fixedgzip", data=a, chunks=(2, 3), compression="gzip")
    d = f.create_dataset("paged", (2500,), "u1", chunks=(1,))
    d[3] = 7
    d[2400:] = np.arange(100)
    p = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    p.set_chunk((2, 3))
    p.set_alloc_time(h5py.h5d.ALLOC_TIME_EARLY)
    d = h5py.h5d.create(f.id, b"implicit", h5py.h5t.STD_I16LE, h5py.h5s.create_simple((5, 7)), p)
    d.write(h5py.h5s.ALL, h5py.h5s.ALL, np.arange(35, dtype="i2").reshape(5, 7))


def growing(f):
    # extensible arrays: entries in the index block, in data blocks, in secondary blocks, in pages
    f.create_dataset("few", data=np.arange(6, dtype="f4"), chunks=(2,), maxshape=(None,))
    f.create_dataset("some", data=np.arange(150, dtype="u1"), chunks=(1,), maxshape=(None,))
    d = f.create_dataset("pages", (140000,), "u1", chunks=(1,), maxshape=(None,))
    d[1] = 5
    d[139999] = 6
    f.create_dataset("gzip", data=np.arange(40, dtype="i4"), chunks=(4,), maxshape=(None,), compression="gzip")
    a = np.arange(60, dtype="i4").reshape(6, 10)
    f.create_dataset("second", data=a, chunks=(2, 3), maxshape=(6, None))
    f.create_dataset("first", data=a, chunks=(2, 3), maxshape=(None, 14))


def v2tree(f):
    a = np.arange(400, dtype="i2").reshape(20, 20)
    f.create_dataset("plain", data=a, chunks=(1, 1), maxshape=(None, None))
    f.create_dataset("gzip", data=a[:6, :6], chunks=(2, 2), maxshape=(None, None), compression="gzip")


def swmr(f):
    f["x"] = np.arange(3, dtype="f4")
    f.create_group("g").attrs["a"] = "b"


def userblock(f):
    f["x"] = np.arange(3, dtype="f4")


def main():
    out = {}
    for make, name, libver in files():
        path = name + ".h5"
        more = {"userblock_size": 1024} if name == "userblock" else {}
        if name == "superblock1":
            p = h5py.h5p.create(h5py.h5p.FILE_CREATE)
            p.set_sizes(4, 4)
            library = ctypes.CDLL("libhdf5_serial.so.103")  # the one that h5py has loaded, which does not wrap these
            assert library.H5Pset_sym_k(ctypes.c_int64(p.id), 2, 1) == 0
            assert library.H5Pset_istore_k(ctypes.c_int64(p.id), 2) == 0
            h5py.h5f.create(path.encode(), h5py.h5f.ACC_TRUNC, p).close()
        with h5py.File(path, "a" if name == "superblock1" else "w", libver=libver, **more) as f:
            make(f)
        out[path] = dump(path)
    with open("dump.json", "w") as f:
        json.dump(out, f, indent=1, sort_keys=True, ensure_ascii=False)
        f.write("\n")


main()
