"""Writes hash.json: bins of strings by TensorFlow's to_hash_bucket_fast and to_hash_bucket_strong."""
import json

import tensorflow as tf

BINS = 2**61 - 1
KEY = [0x0706050403020100, 0x0F0E0D0C0B0A0908]
texts = ["".join(chr(97 + i * i % 26) for i in range(n)) for n in list(range(0, 70)) + [127, 128, 129, 200, 333]]
texts += ["고래", "naïve", "-1", "420", "9223372036854775807"]
rows = [
    {
        "text": t,
        "fast": str(int(tf.strings.to_hash_bucket_fast(t, BINS))),
        "strong": str(int(tf.strings.to_hash_bucket_strong(t, BINS, key=KEY))),
    }
    for t in texts
]
json.dump(rows, open("hash.json", "w"), ensure_ascii=False, indent=0)
