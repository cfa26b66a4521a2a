# Writes pictures of every kind, and resized.json, with PIL 9.4. What Pillow says of pixels is in pillow.json.
import json
import numpy as np
from PIL import Image, ImageOps

H, W = 10, 14
y, x = np.mgrid[0:H, 0:W]
smooth = np.stack([x * 255 // (W - 1), y * 255 // (H - 1), (x + y) * 255 // (H + W - 2)], -1).astype(np.uint8)
rgb = Image.fromarray(smooth, "RGB")


rgb.save("rgb.png")
rgb.convert("L").save("grey.png")
rgb.quantize(16).save("palette.png")
rgb.quantize(8).save("clear.png", transparency=2)
rgba = rgb.copy()
rgba.putalpha(Image.fromarray((x * 17 % 256).astype(np.uint8), "L"))
rgba.save("alpha.png")
rgba.convert("LA").save("greyalpha.png")
Image.fromarray((x * 4000 + y * 300).astype(np.uint16), "I;16").save("deep.png")
Image.fromarray(((x + y) % 2 * 255).astype(np.uint8)).convert("1").save("bits.png")
rgb.save("colour.jpg", quality=95, subsampling=0)
rgb.save("sub.jpg", quality=95, subsampling=2)
rgb.save("progressive.jpg", quality=95, subsampling=0, progressive=True)
rgb.convert("L").save("grey.jpg", quality=95)
rgb.convert("CMYK").save("cmyk.jpg", quality=95, subsampling=0)
for k in range(1, 9):
    exif = Image.Exif()
    exif[0x0112] = k
    rgb.save(f"turn{k}.jpg", quality=95, subsampling=0, exif=exif)
exif = Image.Exif()
exif[0x0112] = 6
rgb.save("turn6.png", exif=exif)
rgb.save("turn6.webp", lossless=True, exif=exif)
rgb.save("lossless.webp", lossless=True)
rgb.save("lossy.webp", quality=90)
rgba.save("alpha.webp", lossless=True, exact=True)
rgb.save("plain.bmp")
frames = [rgb.quantize(16), ImageOps.mirror(rgb).quantize(16)]
frames[0].save("moving.gif", save_all=True, append_images=frames[1:], duration=100)
rgb.save("moving.webp", save_all=True, append_images=[ImageOps.mirror(rgb)], lossless=True)

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
