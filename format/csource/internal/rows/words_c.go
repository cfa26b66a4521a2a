package rows

// The helpers that cut texts; # stands for the name of the model.

const vocabularyStruct = `/* What texts are cut by: 'w'ords, words and 'm'arks, 'c'haracters or byte 'p'airs. */
struct #vocabulary {
    const int32_t *classes;     /* the first of a run of characters of one class, times 32, and the class */
    const char *const *tokens;  /* in the order of their bytes */
    const int32_t *ids;         /* of tokens */
    const int32_t (*merges)[3]; /* two ids that are joined, in their order, and the place of the merge */
    int32_t n_classes, n, grams;
    char unit, lower, tags;
};`

const textStruct = `/* A walk over the tokens of a text. */
struct #text {
    const struct #vocabulary *v;
    const char *at;
    const char *spans[10][2]; /* of the next tokens */
    int32_t have, gram;
    int32_t piece[260]; /* ids of byte pairs */
};

static void #text_begin(struct #text *s, const struct #vocabulary *v, const char *text)
{
    s->v = v;
    s->at = text;
    s->have = 0;
    s->gram = 0;
}`

const textRune = `/* The bytes of the character of UTF-8 that a text begins with; 0 where that is none. */
static int #text_valid(const char *text, uint32_t *c)
{
    static const uint32_t least[5] = {0, 0, 0x80, 0x800, 0x10000};
    const unsigned char *s = (const unsigned char *)text;
    const int n = s[0] < 0x80 ? 1 : s[0] < 0xc2 ? 0 : s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : s[0] < 0xf5 ? 4 : 0;
    *c = s[0];
    if (n < 2) {
        return n;
    }
    *c &= 0x7fu >> n;
    for (int i = 1; i < n; i++) {
        if ((s[i] & 0xc0) != 0x80) {
            return 0;
        }
        *c = *c << 6 | (s[i] & 0x3fu);
    }
    return *c < least[n] || *c > 0x10ffff || (*c >= 0xd800 && *c < 0xe000) ? 0 : n;
}

/* The next character as in training: one U+FFFD for bytes that are none, a blank for a tag; 0 at the end. */
static uint32_t #text_rune(const struct #vocabulary *v, const char **at)
{
    uint32_t c, other;
    int n = #text_valid(*at, &c);
    if (n == 1 && c == 0) {
        return 0;
    }
    if (n == 0) {
        do {
            ++*at;
        } while (#text_valid(*at, &other) == 0);
        return 0xfffd;
    }
    *at += n;
    if (v->tags && c == '<') {
        const char next = **at;
        const char *end = strchr(*at, '>');
        if (end != NULL && (next == '/' || next == '!' || ((next | 0x20) >= 'a' && (next | 0x20) <= 'z'))) {
            *at = end + 1;
            c = ' ';
        }
    }
    return v->lower ? #lower(c) : c;
}

/* A character in UTF-8: the number of its bytes. */
static int #text_bytes(uint32_t c, unsigned char *to)
{
    const int n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    if (n == 1) {
        to[0] = (unsigned char)c;
        return 1;
    }
    for (int i = n - 1; i > 0; i--) {
        to[i] = (unsigned char)(0x80 | (c & 0x3f));
        c >>= 6;
    }
    to[0] = (unsigned char)((0xf00 >> n & 0xff) | c);
    return n;
}`

const textToken = `static int #text_class(const struct #vocabulary *v, uint32_t c)
{
    int32_t lo = 0, hi = v->n_classes;
    while (hi - lo > 1) {
        const int32_t mid = lo + (hi - lo) / 2;
        if (v->classes[mid] >> 5 <= (int32_t)c) {
            lo = mid;
        } else {
            hi = mid;
        }
    }
    return v->classes[lo] & 31;
}

/* The next token of a text; 0 at the end. Classes: 1 letter, 2 digit, 4 in words, 8 combining, 16 mark. */
static int #text_token(const struct #vocabulary *v, const char **at, const char **span)
{
    int in = 0, digit = 0;
    for (;;) {
        const char *const here = *at;
        const char *s = here;
        const uint32_t c = #text_rune(v, &s);
        int class, word;
        if (c == 0 && !in) {
            return 0;
        }
        if (v->unit == 'c') {
            span[0] = here;
            span[1] = *at = s;
            return 1;
        }
        class = c == 0 ? 0 : #text_class(v, c);
        word = (class & 7) != 0;
        if (!word && in) {
            const char *after = s;
            const uint32_t next = c == 0 ? 0 : #text_rune(v, &after);
            const int follows = next == 0 ? 0 : #text_class(v, next);
            word = ((c == '\'' || c == 0x2019) && (follows & 1) != 0) ||
                   (v->unit == 'm' && (c == '.' || c == ',' || c == ':') && digit && (follows & 2) != 0);
        }
        if (word) {
            if (!in) {
                span[0] = here;
            }
            in = 1;
            digit = (class & 2) != 0;
            *at = s;
            continue;
        }
        if (in) {
            span[1] = here;
            return 1;
        }
        if ((class & 16) != 0) {
            const char *after = s;
            uint32_t next;
            while ((next = #text_rune(v, &after)) != 0 && (#text_class(v, next) & 8) != 0) {
                s = after;
            }
            span[0] = here;
            span[1] = *at = s;
            return 1;
        }
        *at = s;
    }
}

/* Whether n tokens in a row stand before a token of the vocabulary, are it, or stand behind it. */
static int #text_order(const struct #vocabulary *v, const char *const (*spans)[2], int32_t n, const char *token)
{
    const unsigned char *t = (const unsigned char *)token;
    for (int32_t i = 0; i < n; i++) {
        const char *s = spans[i][0];
        if (i > 0 && v->unit != 'c') {
            if (*t != ' ') {
                return ' ' < *t ? -1 : 1;
            }
            t++;
        }
        while (s < spans[i][1]) {
            unsigned char b[4];
            const int k = #text_bytes(#text_rune(v, &s), b);
            for (int j = 0; j < k; j++, t++) {
                if (b[j] != *t) {
                    return b[j] < *t ? -1 : 1;
                }
            }
        }
    }
    return *t == 0 ? 0 : -1;
}

static int32_t #text_id(const struct #vocabulary *v, const char *const (*spans)[2], int32_t n)
{
    int32_t lo = 0, hi = v->n;
    while (lo < hi) {
        const int32_t mid = lo + (hi - lo) / 2;
        const int order = #text_order(v, spans, n, v->tokens[mid]);
        if (order == 0) {
            return v->ids[mid];
        }
        if (order < 0) {
            hi = mid;
        } else {
            lo = mid + 1;
        }
    }
    return 1;
}`

const textPiece = `static int #text_blank(uint32_t c)
{
    return (c >= '\t' && c <= '\r') || c == ' ' || c == 0x85 || c == 0xa0 || c == 0x1680 ||
           (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f || c == 0x205f || c == 0x3000;
}

/* The place of the merge of two ids; -1 where they are not joined. */
static int32_t #text_merge(const struct #vocabulary *v, int32_t a, int32_t b)
{
    int32_t lo = 0, hi = v->n;
    while (lo < hi) {
        const int32_t mid = lo + (hi - lo) / 2;
        const int32_t *m = v->merges[mid];
        if (m[0] == a && m[1] == b) {
            return m[2];
        }
        if (m[0] > a || (m[0] == a && m[1] > b)) {
            hi = mid;
        } else {
            lo = mid + 1;
        }
    }
    return -1;
}

/* Joins the bytes of the next piece, a word with the blanks before it: the number of its ids, 0 at the end. */
static int32_t #text_piece(struct #text *s)
{
    int32_t n = 0;
    int visible = 0;
    for (;;) {
        const char *after = s->at;
        const uint32_t c = #text_rune(s->v, &after);
        const int blank = #text_blank(c);
        unsigned char b[4];
        int k;
        if (c == 0 || n > 256 || (blank && visible)) {
            break;
        }
        visible = visible || !blank;
        k = #text_bytes(c, b);
        for (int i = 0; i < k; i++) {
            s->piece[n++] = b[i] + 2;
        }
        s->at = after;
    }
    for (;;) {
        int32_t best = -1, a = 0, b = 0, m = 0;
        for (int32_t i = 1; i < n; i++) {
            const int32_t rank = #text_merge(s->v, s->piece[i - 1], s->piece[i]);
            if (rank >= 0 && (best < 0 || rank < best)) {
                best = rank;
                a = s->piece[i - 1];
                b = s->piece[i];
            }
        }
        if (best < 0) {
            return n;
        }
        for (int32_t i = 0; i < n; i++) {
            if (i + 1 < n && s->piece[i] == a && s->piece[i + 1] == b) {
                s->piece[m++] = 258 + best;
                i++;
            } else {
                s->piece[m++] = s->piece[i];
            }
        }
        n = m;
    }
}`

const textNext = `/* The next id of a text: of a token, or of a run of tokens that begins with it; 0 at the end. */
static int #text_next(struct #text *s, int32_t *id)
{
    const struct #vocabulary *v = s->v;
    if (v->unit == 'p') {
        if (s->gram >= s->have) {
            s->have = #text_piece(s);
            s->gram = 0;
        }
        if (s->have == 0) {
            return 0;
        }
        *id = s->piece[s->gram++];
        return 1;
    }
    if (s->gram >= s->have) {
        if (s->have > 0) {
            s->have--;
            memmove(s->spans[0], s->spans[1], (size_t)s->have * sizeof s->spans[0]);
        }
        while (s->have < v->grams && #text_token(v, &s->at, s->spans[s->have])) {
            s->have++;
        }
        s->gram = 0;
        if (s->have == 0) {
            return 0;
        }
    }
    *id = #text_id(v, (const char *const (*)[2])s->spans, ++s->gram);
    return 1;
}`

const textWeights = `/* Weighs the counts of tokens, and brings them to length 1. */
static void #tfidf(float *x, const double *idf, int32_t n, int sublinear)
{
    double sum = 0.0;
    for (int32_t i = 0; i < n; i++) {
        if (x[i] > 0.0f) {
            if (sublinear) {
                x[i] = (float)(1.0 + log(x[i]));
            }
            sum += x[i] * idf[i] * (x[i] * idf[i]);
        }
    }
    for (int32_t i = 0; i < n; i++) {
        if (x[i] > 0.0f) {
            x[i] = (float)(x[i] * idf[i] / sqrt(sum));
        }
    }
}`
