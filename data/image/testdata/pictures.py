# Writes pictures of every kind with PIL 9.4, and in pictures.json what PIL says their pixels are:
# turned by ImageOps.exif_transpose, composited on white, as RGB and as grey (L).
import json
import numpy as np
from PIL import Image, ImageOps

out = {}
H, W = 10, 14
y, x = np.mgrid[0:H, 0:W]
smooth = np.stack([x * 255 // (W - 1), y * 255 // (H - 1), (x + y) * 255 // (H + W - 2)], -1).astype(np.uint8)
rgb = Image.fromarray(smooth, "RGB")


def note(name, tolerance=0, image=None):
    im = image or Image.open(name)
    im = ImageOps.exif_transpose(im)
    if im.mode in ("LA", "PA", "RGBA", "P"):
        im = im.convert("RGBA")
        white = Image.new("RGBA", im.size, (255, 255, 255, 255))
        im = Image.alpha_composite(white, im)
    if im.mode.startswith("I"):
        im = Image.fromarray((np.asarray(im).astype(np.uint32) >> 8).astype(np.uint8), "L")
    colour, grey = im.convert("RGB"), im.convert("RGB").convert("L")
    out[name] = {"height": im.height, "width": im.width, "tolerance": tolerance,
                 "rgb": np.asarray(colour).ravel().tolist(), "grey": np.asarray(grey).ravel().tolist()}


rgb.save("rgb.png")
note("rgb.png")
rgb.convert("L").save("grey.png")
note("grey.png")
rgb.quantize(16).save("palette.png")
note("palette.png")
rgb.quantize(8).save("clear.png", transparency=2)
note("clear.png", 1)
rgba = rgb.copy()
rgba.putalpha(Image.fromarray((x * 17 % 256).astype(np.uint8), "L"))
rgba.save("alpha.png")
note("alpha.png", 1)
rgba.convert("LA").save("greyalpha.png")
note("greyalpha.png", 1)
Image.fromarray((x * 4000 + y * 300).astype(np.uint16), "I;16").save("deep.png")
note("deep.png")
Image.fromarray(((x + y) % 2 * 255).astype(np.uint8)).convert("1").save("bits.png")
note("bits.png")
rgb.save("colour.jpg", quality=95, subsampling=0)
note("colour.jpg", 2)
rgb.save("sub.jpg", quality=95, subsampling=2)
note("sub.jpg", 40)  # libjpeg smooths the colours of four pixels in one, Go repeats them
rgb.save("progressive.jpg", quality=95, subsampling=0, progressive=True)
note("progressive.jpg", 2)
rgb.convert("L").save("grey.jpg", quality=95)
note("grey.jpg", 2)
rgb.convert("CMYK").save("cmyk.jpg", quality=95, subsampling=0)
note("cmyk.jpg", 3)
for k in range(1, 9):
    exif = Image.Exif()
    exif[0x0112] = k
    rgb.save(f"turn{k}.jpg", quality=95, subsampling=0, exif=exif)
    note(f"turn{k}.jpg", 2)
exif = Image.Exif()
exif[0x0112] = 6
rgb.save("turn6.png", exif=exif)
note("turn6.png")
rgb.save("turn6.webp", lossless=True, exif=exif)
note("turn6.webp")
rgb.save("lossless.webp", lossless=True)
note("lossless.webp")
rgb.save("lossy.webp", quality=90)
note("lossy.webp", 40)
rgba.save("alpha.webp", lossless=True, exact=True)
note("alpha.webp", 1)
rgb.save("plain.bmp")
note("plain.bmp")
frames = [rgb.quantize(16), ImageOps.mirror(rgb).quantize(16)]
frames[0].save("moving.gif", save_all=True, append_images=frames[1:], duration=100)
note("moving.gif")
rgb.save("moving.webp", save_all=True, append_images=[ImageOps.mirror(rgb)], lossless=True)
json.dump(out, open("pictures.json", "w"))

# The same photograph-like picture resized by PIL.
rng = np.random.default_rng(3)
big = np.clip(np.cumsum(np.cumsum(rng.normal(0, 6, (37, 53, 3)), 0), 1) % 400, 0, 255).astype(np.uint8)
big = (64 + big // 2).astype(np.uint8)  # room for what bicubic overshoots: PIL clips it between rows and columns
cases = {"pix": big.ravel().tolist(), "height": 37, "width": 53, "sizes": []}
for w, h in [(20, 11), (7, 45), (60, 9)]:
    for name, f in [("bilinear", Image.BILINEAR), ("bicubic", Image.BICUBIC), ("lanczos3", Image.LANCZOS)]:
        r = np.asarray(Image.fromarray(big, "RGB").resize((w, h), f))
        cases["sizes"].append({"height": h, "width": w, "filter": name, "pix": r.ravel().tolist()})
json.dump(cases, open("resized.json", "w"))
