"""Writes pillow.json: small pictures of every kind, as files, and the pixels that Pillow gives for them.

    python pillow.py > pillow.json       (Pillow 13.0.0 with libjpeg-turbo, libwebp, zlib)

Each entry: name, file (base64), width and height upright, rgb and grey (base64 of the bytes, row by row):
ImageOps.exif_transpose(Image.open(file)).convert("RGB") and .convert("L"). Of 16-bit grey, whose conversion Pillow
clips at 255 for the smallest of reasons (its mode I;16 has no range), the upper byte is taken: the range is the type's.
"""
import base64, io, json, struct, warnings, zlib

import numpy as np
from PIL import Image, ImageOps

warnings.simplefilter("ignore")  # of transparency as bytes
W, H = 23, 13
y, x = np.mgrid[0:H, 0:W].astype(float)
rgb = np.stack([127 + 127 * np.sin(x / 5), 127 + 127 * np.cos(y / 4 + x / 9), 255 * ((x // 6 + y // 5) % 2)], -1)
rgb = np.clip(rgb + np.random.default_rng(1).normal(0, 3, rgb.shape), 0, 255).round().astype(np.uint8)
alpha = np.clip(x * 18 - 60, 0, 255).astype(np.uint8)
colour = Image.fromarray(rgb)
grey = colour.convert("L")
rgba = Image.fromarray(np.dstack([rgb, alpha]))
la = Image.merge("LA", (grey, Image.fromarray(alpha)))
out = []


def saved(img, fmt, **how):
    f = io.BytesIO()
    img.save(f, fmt, **how)
    return f.getvalue()


def add(name, file):
    img = Image.open(io.BytesIO(file))
    img.load()
    img = ImageOps.exif_transpose(img)
    if img.mode.startswith("I"):
        img = Image.fromarray((np.asarray(img).astype(np.int64) >> 8).astype(np.uint8))
    b = lambda m: base64.b64encode(img.convert(m).tobytes()).decode()
    out.append(dict(name=name, file=base64.b64encode(file).decode(), width=img.width, height=img.height, rgb=b("RGB"),
                    grey=b("L")))


def png(kind, depth, samples, *chunks):
    """A PNG of any kind and depth, by the specification: samples are [H, W] or [H, W, C] whole numbers."""
    s = np.asarray(samples)
    s = s.reshape(s.shape[0], -1)
    if depth == 16:
        rows = s.astype(">u2").view(np.uint8).reshape(len(s), -1)
    else:
        bits = ((s[..., None] >> np.arange(depth - 1, -1, -1)) & 1).reshape(len(s), -1)
        rows = np.packbits(bits, axis=1)
    chunk = lambda t, d: struct.pack(">I", len(d)) + t + d + struct.pack(">I", zlib.crc32(t + d))
    raw = b"".join(b"\0" + r.tobytes() for r in rows)
    width = np.asarray(samples).shape[1]
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, len(s), depth, kind, 0, 0, 0)) +
            b"".join(chunk(t, d) for t, d in chunks) + chunk(b"IDAT", zlib.compress(raw)) + chunk(b"IEND", b""))


def adam7(kind, depth, samples, *chunks):
    """The same, interlaced: seven pictures of every so many columns and rows, by the specification."""
    s = np.asarray(samples)
    raw = b""
    for x0, y0, dx, dy in ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2),
                           (0, 1, 1, 2)):
        part = s[y0::dy, x0::dx]
        if part.size:
            file = png(kind, depth, part)
            at = file.index(b"IDAT")
            raw += zlib.decompress(file[at + 4:at + 4 + struct.unpack(">I", file[at - 4:at])[0]])
    file = png(kind, depth, s, *chunks)
    at, end = file.index(b"IDAT") - 4, file.index(b"IEND") - 4
    chunk = lambda t, d: struct.pack(">I", len(d)) + t + d + struct.pack(">I", zlib.crc32(t + d))
    head = file[16:28] + b"\1"
    return file[:8] + chunk(b"IHDR", head) + file[33:at] + chunk(b"IDAT", zlib.compress(raw)) + file[end:]


def bmp(depth, samples, palette=b"", red=0, green=0, blue=0):
    """A BMP of any depth: samples are [H, W] indices or pixels as whole numbers, rows from the bottom."""
    s = np.asarray(samples)[::-1].astype(np.uint32)
    bits = ((s[..., None] >> np.arange(depth - 1, -1, -1, dtype=np.uint32)) & 1).reshape(len(s), -1)
    if depth > 8:  # little-endian
        bits = bits.reshape(len(s), -1, depth // 8, 8)[:, :, ::-1].reshape(len(s), -1)
    rows = [np.packbits(r).tobytes() for r in bits]
    body = b"".join(r + bytes(-len(r) % 4) for r in rows)
    at = 14 + 40 + len(palette)
    return (b"BM" + struct.pack("<IHHI", at + len(body), 0, 0, at) +
            struct.pack("<IiiHHIIiiII", 40, np.asarray(samples).shape[1], len(s), 1, depth, 0, len(body), 2835, 2835,
                        len(palette) // 4, 0) + palette + body)


# PNG: grey, grey with alpha, colour, palettes
for depth in (1, 2, 4, 8):
    add(f"png grey {depth}", png(0, depth, np.asarray(grey).astype(int) >> (8 - depth)))
deep = (x * 2800 + y * 100).astype(int)
add("png grey 16", png(0, 16, deep))
add("png grey 16 dark", png(0, 16, 1030 + deep % 70))
add("png grey transparent", png(0, 8, np.asarray(grey), (b"tRNS", struct.pack(">H", int(np.asarray(grey)[3, 3])))))
add("png grey alpha 8", saved(la, "PNG"))
add("png grey alpha 16", png(4, 16, np.stack([deep, np.asarray(alpha).astype(int) * 257], -1)))
add("png colour 8", saved(colour, "PNG"))
add("png colour 8 transparent", png(2, 8, rgb, (b"tRNS", struct.pack(">HHH", *[int(v) for v in rgb[4, 4]]))))
add("png colour 16", png(2, 16, rgb.astype(int) * 200 + 77))
add("png colour alpha 8", saved(rgba, "PNG"))
add("png colour alpha 16", png(6, 16, np.dstack([rgb, alpha]).astype(int) * 257))
add("png grey in colour", saved(grey.convert("RGB"), "PNG"))
table = np.random.default_rng(2).integers(0, 256, (256, 3)).astype(np.uint8)
for depth in (1, 2, 4, 8):
    n = 1 << depth
    index = np.asarray(grey).astype(int) >> (8 - depth)
    plte = (b"PLTE", table[:n].tobytes())
    add(f"png palette {depth}", png(3, depth, index, plte))
    add(f"png palette alpha {depth}", png(3, depth, index, plte, (b"tRNS", bytes(range(0, min(n, 200))))))
for depth in (1, 2, 4, 8):
    add(f"png grey {depth} interlaced", adam7(0, depth, np.asarray(grey).astype(int) >> (8 - depth)))
    add(f"png palette {depth} interlaced", adam7(3, depth, np.asarray(grey).astype(int) >> (8 - depth),
                                                (b"PLTE", table[:1 << depth].tobytes())))
add("png grey 16 interlaced", adam7(0, 16, deep))
add("png colour 8 interlaced", adam7(2, 8, rgb))
add("png colour alpha 16 interlaced", adam7(6, 16, np.dstack([rgb, alpha]).astype(int) * 257))

# JPEG: samplings, colours, orientations
for sub in ("4:4:4", "4:2:2", "4:2:0"):
    for quality in (60, 95):
        add(f"jpeg {sub} {quality}", saved(colour, "JPEG", quality=quality, subsampling=sub))
for size in ((1, 1), (2, 2), (3, 5), (4, 4), (5, 3), (16, 12)):
    part = colour.crop((2, 1) + (2 + size[0], 1 + size[1]))
    for sub in ("4:2:2", "4:2:0"):
        add(f"jpeg {sub} {size}", saved(part, "JPEG", quality=90, subsampling=sub))
square = Image.fromarray(np.tile(rgb, (3, 2, 1))[:32, :32])
for name, sub, before, after in (("4:4:0", "4:2:2", 0x21, 0x12), ("4:1:1", "4:2:0", 0x22, 0x41)):
    # The same blocks under other factors: a picture in disorder, and a sound file.
    file = bytearray(saved(square, "JPEG", quality=95, subsampling=sub))
    at = file.index(b"\xff\xc0") + 11
    assert file[at] == before
    file[at] = after
    add(f"jpeg {name}", bytes(file))
add("jpeg progressive", saved(colour, "JPEG", progressive=True, quality=85))
add("jpeg grey", saved(grey, "JPEG"))
add("jpeg rgb", saved(colour, "JPEG", keep_rgb=True))
add("jpeg grey in colour", saved(grey.convert("RGB"), "JPEG"))
full = Image.fromarray(np.dstack([rgb, 255 - np.asarray(grey)]), "CMYK")
cmyk = saved(full, "JPEG", quality=95)
at = cmyk.index(b"Adobe")
assert cmyk[at + 11] == 0
add("jpeg cmyk", cmyk)
add("jpeg ycck", cmyk[:at + 11] + b"\2" + cmyk[at + 12:])
add("jpeg cmyk without adobe", cmyk[:at - 4] + cmyk[at + 12:])
for sub in ("4:4:4", "4:2:0"):  # of four channels, "4:2:0" is the first in full and the others halved, black too
    for progressive in (False, True):
        file = saved(full, "JPEG", quality=90, subsampling=sub, progressive=progressive)
        at = file.index(b"Adobe")
        what = sub + " progressive" * progressive
        add(f"jpeg cmyk {what}", file)
        add(f"jpeg ycck {what}", file[:at + 11] + b"\2" + file[at + 12:])


def factors(file, size, *hv):
    """The same blocks under other sampling factors, a byte each: a picture in disorder, and a sound file where all
    channels share their tables, as of CMYK."""
    f = bytearray(file)
    at = f.index(b"\xff\xc0") + 5
    f[at:at + 4] = struct.pack(">HH", size[1], size[0])
    for i, v in enumerate(hv):
        f[at + 6 + 3 * i] = v
    return bytes(f)


wide = Image.fromarray(np.dstack([np.tile(rgb, (2, 3, 1))[:16, :48]] * 2)[..., :4].copy(), "CMYK")
file = saved(wide, "JPEG", quality=90, subsampling="4:2:0")
for name, size, *hv in (("first halved", (48, 16), 0x11, 0x22, 0x11, 0x11),
                        ("mixed", (47, 13), 0x21, 0x12, 0x12, 0x11),
                        ("thirds", (72, 16), 0x31, 0x12, 0x11, 0x11), ("thirds down", (41, 24), 0x13, 0x21, 0x11, 0x11),
                        ("quarters down", (24, 32), 0x14, 0x11, 0x11, 0x11)):
    add(f"jpeg cmyk factors {name}", factors(file, size, *hv))
for restart in (1, 2, 5):
    for progressive in (False, True):
        add(f"jpeg 4:2:0 restart {restart}" + " progressive" * progressive,
            saved(square, "JPEG", restart_marker_blocks=restart, progressive=progressive))
for quality in (1, 25, 100):
    add(f"jpeg 4:2:0 progressive {quality}", saved(colour, "JPEG", quality=quality, progressive=True, optimize=True))


def segments(file):
    """The segments of a JPEG before its scan, by marker, and the scan with its header."""
    at, found = 2, {}
    while file[at + 1] != 0xda:
        n = 2 + struct.unpack(">H", file[at + 2:at + 4])[0]
        found.setdefault(file[at + 1], []).append(file[at:at + n])
        at += n
    return found, file[at:-2]


def scans(picture, halve):
    """A baseline JPEG with a scan for each channel, spliced from a grey JPEG of each."""
    y, cb, cr = picture.convert("YCbCr").split()
    if halve:
        half = ((picture.width + 1) // 2, (picture.height + 1) // 2)
        cb, cr = cb.resize(half), cr.resize(half)
    parts = [segments(saved(c, "JPEG", quality=90, restart_marker_blocks=2)) for c in (y, cb, cr)]
    tables = b"".join(s for m in (0xdb, 0xc4, 0xdd) for s in parts[0][0][m])
    frame = b"\xff\xc0" + struct.pack(">HBHHB", 17, 8, picture.height, picture.width, 3)
    frame += bytes((1, 0x22 if halve else 0x11, 0, 2, 0x11, 0, 3, 0x11, 0))
    body = b"".join(s[:5] + bytes((i + 1,)) + s[6:] for i, (_, s) in enumerate(parts))
    return b"\xff\xd8" + tables + frame + body + b"\xff\xd9"


add("jpeg scans 4:4:4", scans(colour, False))
add("jpeg scans 4:2:0", scans(colour, True))
for o in range(1, 9):
    exif = Image.Exif()
    exif[0x0112] = o
    add(f"jpeg orientation {o}", saved(colour, "JPEG", exif=exif, quality=95, subsampling="4:4:4"))
    if o in (3, 6):
        add(f"png orientation {o}", saved(colour, "PNG", exif=exif))
        add(f"webp orientation {o}", saved(colour, "WEBP", exif=exif, lossless=True))
        add(f"webp lossy orientation {o}", saved(colour, "WEBP", exif=exif))
for name, kind, order in (("byte", 1, "<"), ("long", 4, "<"), ("short big", 3, ">"), ("long big", 4, ">")):
    value = struct.pack(order + {1: "B3x", 3: "H2x", 4: "I"}[kind], 6)
    head = struct.pack(order + "HIHHHI", 42, 8, 1, 0x0112, kind, 1)
    exif = b"Exif\0\0" + (b"II" if order == "<" else b"MM") + head + value + bytes(4)
    add(f"jpeg orientation as {name}", saved(colour, "JPEG", exif=exif, quality=95, subsampling="4:4:4"))

# WebP
for quality in (30, 80, 100):
    add(f"webp lossy {quality}", saved(colour, "WEBP", quality=quality))
for v in (0, 128, 255):
    add(f"webp lossy flat {v}", saved(Image.new("RGB", (20, 20), (v, v, v)), "WEBP"))
add("webp lossy red", saved(Image.new("RGB", (20, 20), (255, 0, 0)), "WEBP"))
add("webp lossy alpha", saved(rgba, "WEBP", quality=90))
add("webp lossless", saved(colour, "WEBP", lossless=True))
add("webp lossless alpha", saved(rgba, "WEBP", lossless=True, exact=True))
for size in ((1, 1), (2, 3), (3, 2), (5, 5)):
    add(f"webp lossy {size}", saved(colour.crop((2, 1) + (2 + size[0], 1 + size[1])), "WEBP", quality=90))

# GIF and BMP
few = colour.quantize(32)
add("gif", saved(few, "GIF"))
add("gif transparent", saved(few, "GIF", transparency=5))
add("gif moving", saved(few, "GIF", save_all=True, append_images=[ImageOps.mirror(few)], duration=100))
add("gif grey", saved(grey, "GIF"))


def gif(screen, frame, transparent):
    """A GIF whose first frame is a part of the screen: frame is (left, top, width, height)."""
    f = saved(few.crop((0, 0, frame[2], frame[3])), "GIF", transparency=transparent)
    at = f.index(b"\x2c" + struct.pack("<HHHH", 0, 0, frame[2], frame[3]))
    f = f[:at + 1] + struct.pack("<HH", frame[0], frame[1]) + f[at + 5:]
    return f[:6] + struct.pack("<HH", *screen) + f[10:]


add("gif part of the screen", gif((20, 15), (4, 3, 9, 7), 6))
add("bmp 8", saved(few, "BMP"))
add("bmp 24", saved(colour, "BMP"))
add("bmp grey", saved(grey, "BMP"))
for depth in (1, 2, 4, 8):
    bgr0 = b"".join(bytes((b, g, r, 0)) for r, g, b in table[:1 << depth])
    if depth != 2:  # Pillow has no 2
        add(f"bmp palette {depth}", bmp(depth, np.asarray(grey).astype(int) >> (8 - depth), bgr0))
r, g, b = (rgb[..., c].astype(int) for c in range(3))
add("bmp 32", bmp(32, r << 16 | g << 8 | b))
print("[" + ",\n".join(json.dumps(o) for o in out) + "]")
