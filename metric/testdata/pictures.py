# Writes pictures.json: PSNR and SSIM of pictures by TensorFlow's tf.image.psnr and tf.image.ssim.
import json

import numpy as np
import tensorflow as tf

rng = np.random.default_rng(5)
cases = []
for n, h, w, c, most, size, sigma, k1, k2 in [
    (2, 16, 13, 1, 1, 11, 1.5, 0.01, 0.03),
    (1, 12, 20, 3, 1, 11, 1.5, 0.01, 0.03),
    (2, 14, 14, 1, 255, 11, 1.5, 0.01, 0.03),
    (1, 9, 10, 2, 1, 7, 1.0, 0.02, 0.05),
    (1, 8, 8, 1, 1, 4, 1.5, 0.01, 0.03),
]:
    y, x = np.mgrid[:h, :w]
    wave = (0.5 + 0.4 * np.sin(0.7 * x + 0.3 * y))[None, :, :, None] * rng.uniform(0.5, 1, (n, 1, 1, c))
    a = np.round(most * wave, 3 if most == 1 else 0)
    b = np.round(a + most * rng.normal(0, 0.1, a.shape), 3 if most == 1 else 0)
    psnr = tf.image.psnr(tf.constant(a, tf.float64), tf.constant(b, tf.float64), most)
    ssim = tf.image.ssim(tf.constant(a, tf.float64), tf.constant(b, tf.float64), most, size, sigma, k1, k2)
    cases.append({"shape": [n, h, w, c], "max_val": most, "filter_size": size, "filter_sigma": sigma, "k1": k1,
                  "k2": k2, "y": a.ravel().tolist(), "pred": b.ravel().tolist(),
                  "psnr": psnr.numpy().tolist(), "ssim": ssim.numpy().tolist()})
with open("pictures.json", "w") as f:
    json.dump(cases, f)
