"""Writes stream.json: random numbers of variation.Stream, computed from the definitions in exact integers.

SplitMix64's finaliser: Steele, Lea and Flood 2014. PCG-DXSM as math/rand/v2 has it (the generator's state is two
words, the first of which is the seed): a 128-bit linear congruential step, then the output function DXSM with the
cheap multiplier (O'Neill 2014, and PCG64DXSM in NumPy).
"""
import json

M64, M128 = (1 << 64) - 1, (1 << 128) - 1


def mix(x):
    x = (x + 0x9E3779B97F4A7C15) & M64
    x = ((x ^ x >> 30) * 0xBF58476D1CE4E5B9) & M64
    x = ((x ^ x >> 27) * 0x94D049BB133111EB) & M64
    return x ^ x >> 31


def stream(purpose, seed, epoch, sample, place, count):
    n = mix(int.from_bytes(purpose.encode(), "big") ^ epoch & M64)
    n = mix((mix((n + sample) & M64) + place) & M64)
    state = seed << 64 | n
    for _ in range(count):
        state = (state * 0x2360ED051FC65DA44385DF649FCCF645 + 0x5851F42D4C957F2D14057B7EF767814F) & M128
        high, low = state >> 64, state & M64 | 1
        high ^= high >> 32
        high = high * 0xDA942042E4DD58B5 & M64
        high ^= high >> 48
        yield high * low & M64


cases = []
for purpose in "augment", "corrupt":
    for seed, epoch, sample, place in (0, 0, 0, 0), (1, 2, 3, 4), (M64, -1, 59_999, 1), (20261130, 1000, 7, 0):
        drawn = [v / (1 << 53) for v in (x >> 11 for x in stream(purpose, seed, epoch, sample, place, 3))]
        cases.append(dict(purpose=purpose, seed=seed, epoch=epoch, sample=sample, place=place, uniform=drawn))
with open("stream.json", "w") as f:
    f.write("[\n" + ",\n".join(json.dumps(c) for c in cases) + "\n]\n")
