"""Writes text.json: scikit-learn's tf-idf and counts of a few texts, and byte pairs learnt by
the plainest possible program, which counts everything anew for every merge."""
import json
from collections import Counter
from sklearn.feature_extraction.text import TfidfVectorizer, CountVectorizer

texts = ["The whale dives deep, the whale breathes.", "Deep water; deep sleep!", "A whale's song is not a song", "고래가 깊이 잠수한다. 고래는 숨을 쉰다", "", "water water water"]
PATTERN = r"(?u)[^\W_]+(?:['’][^\W_]+)*"
out = {"texts": texts}
for n in (1, 2):
    t = TfidfVectorizer(token_pattern=PATTERN, ngram_range=(1, n))
    x = t.fit_transform(texts).toarray()
    c = CountVectorizer(token_pattern=PATTERN, ngram_range=(1, n)).fit_transform(texts).toarray()
    names = list(t.get_feature_names_out())
    out["tfidf%d" % n] = dict(names=names, idf=[float(v) for v in t.idf_], rows=x.tolist(), counts=c.tolist())
t = TfidfVectorizer(token_pattern=PATTERN, max_df=0.3, sublinear_tf=True)
x = t.fit_transform(texts).toarray()
out["tfidf_rare"] = dict(names=list(t.get_feature_names_out()), idf=[float(v) for v in t.idf_], rows=x.tolist())

def pieces(s):
    got, cur, seen = [], "", False
    for ch in s:
        if ch.isspace():
            if seen:
                got.append(cur); cur = ""; seen = False
        else:
            seen = True
        cur += ch
    return got + ([cur] if cur else [])

corpus = (" ".join(["low"] * 5 + ["lower"] * 2 + ["newest"] * 6 + ["widest"] * 3) + " 고래 고래가 고래는 고기").split("|")
words = Counter(p for t in corpus for p in pieces(t))
split = {w: [b + 2 for b in w.encode()] for w in words}
merges = []
while len(merges) < 25:
    pairs = Counter()
    for w, n in words.items():
        s = split[w]
        for a, b in zip(s, s[1:]):
            pairs[(a, b)] += n
    best = min(pairs, key=lambda p: (-pairs[p], p))
    if pairs[best] < 2:
        break
    new = 258 + len(merges)
    merges.append(best)
    for w, s in split.items():
        i, r = 0, []
        while i < len(s):
            if tuple(s[i:i + 2]) == best:
                r.append(new); i += 2
            else:
                r.append(s[i]); i += 1
        split[w] = r
out["pairs"] = dict(corpus=corpus, merges=merges, ids=[i for t in corpus for p in pieces(t) for i in split[p]])
json.dump(out, open("text.json", "w"), ensure_ascii=True, separators=(",", ":"))
