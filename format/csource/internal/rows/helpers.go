package rows

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"gorae/format/internal/categories"
)

// uses are the helpers that helpers need.
var uses = map[string][]string{"yeo_johnson": {"power"}, "yeo_johnson_root": {"power", "root"}, "missing": {"blank"},
	"alike": {"blank"}, "hash_add": {"hash"}, "hash_place": {"hash"}, "time_of": {"time"}, "holiday": {"time"},
	"text": {"vocabulary"}, "text_rune": {"vocabulary", "lower"}, "text_token": {"text_rune"},
	"text_piece": {"text", "text_rune"}, "text_next": {"text_token", "text_piece"}}

// order are the helpers that stand before others.
var order = []string{"blank", "power", "root", "hash", "time", "vocabulary", "lower", "text", "text_rune", "text_token",
	"text_piece", "text_next"}

// helpers are functions and types that a file has where it uses them; # stands for the name of the model.
var helpers = map[string]string{
	"put_float": `/* A feature; 0 where it is beyond float. */
static int #put_float(float *to, double v)
{
    if (!(fabs(v) < 3.4028235677973366e+38)) {
        return 0;
    }
    *to = (float)v;
    return 1;
}`,
	"put_int32": `/* A feature; 0 where it is beyond int32_t. */
static int #put_int32(int32_t *to, double v)
{
    if (!(fabs(v) < 2147483648.0)) {
        return 0;
    }
    *to = (int32_t)v;
    return 1;
}`,
	"put_uint8": `/* A feature; 0 where it is beyond a byte. */
static int #put_uint8(uint8_t *to, double v)
{
    if (!(v > -1.0 && v < 256.0)) {
        return 0;
    }
    *to = (uint8_t)v;
    return 1;
}`,
	"blank": `static int #blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}`,
	"missing": `/* Whether a text is missing: NULL, empty or blank, or one of the marks. */
static int #missing(const char *text, const char *const *marks)
{
    size_t n;
    if (text == NULL) {
        return 1;
    }
    while (#blank(*text)) {
        text++;
    }
    n = strlen(text);
    while (n > 0 && #blank(text[n - 1])) {
        n--;
    }
    for (; *marks != NULL; marks++) {
        if (strlen(*marks) == n && memcmp(*marks, text, n) == 0) {
            return 1;
        }
    }
    return n == 0;
}`,
	"alike": `/* Whether a text is a category that stands in lower case, but for capitals of ASCII and surplus blanks. */
static int #alike(const char *text, const char *category)
{
    const char *c = category;
    for (;;) {
        char t;
        int blank = 0;
        while (#blank(*text)) {
            blank = 1;
            text++;
        }
        t = *text;
        if (t == '\0') {
            return *c == '\0';
        }
        if (blank && c != category && *c++ != ' ') {
            return 0;
        }
        if (*c++ != (t >= 'A' && t <= 'Z' ? (char)(t - 'A' + 'a') : t)) {
            return 0;
        }
        text++;
    }
}`,
	"clipped": `static double #clipped(double z)
{
    return fabs(z) > 1e150 ? copysign(3.0, z) : z / sqrt(1.0 + z * z / 9.0);
}`,
	"unclipped": `static double #unclipped(double z)
{
    const double share = fmin(z * z / 9.0, 1.0 - 1e-12);
    return copysign(3.0 * sqrt(share / (1.0 - share)), z);
}`,
	"power": `/* (exp(lambda * l) - 1) / lambda, or l where lambda is 0. */
static double #power(double l, double lambda)
{
    return fabs(lambda) < 1e-12 ? l : expm1(lambda * l) / lambda;
}`,
	"root": `static double #root(double y, double lambda)
{
    return fabs(lambda) < 1e-12 ? y : log1p(fmax(lambda * y, -1.0)) / lambda;
}`,
	"yeo_johnson": `static double #yeo_johnson(double x, double lambda, double middle)
{
    if (x >= 0.0) {
        return #power(log1p(x) - middle, lambda);
    }
    return #power(-middle, lambda) - exp(-lambda * middle) * #power(log1p(-x), 2.0 - lambda);
}`,
	"yeo_johnson_root": `static double #yeo_johnson_root(double y, double lambda, double middle)
{
    const double zero = #power(-middle, lambda);
    if (y >= zero) {
        return expm1(#root(y, lambda) + middle);
    }
    return -expm1(#root((zero - y) * exp(lambda * middle), 2.0 - lambda));
}`,
	"unlogged": `static double #unlogged(double v)
{
    return copysign(expm1(fabs(v)), v);
}`,
	"share": `/* The share of values below x, by n quantiles. */
static double #share(double x, const double *q, int32_t n)
{
    const double last = n > 1 ? n - 1 : 1;
    int32_t i = 0, to = n - 1, j;
    if (x <= q[0]) {
        return 0.0;
    }
    if (x >= q[n - 1]) {
        return 1.0;
    }
    while (i < to) {
        const int32_t half = i + (to - i) / 2;
        if (q[half] < x) {
            i = half + 1;
        } else {
            to = half;
        }
    }
    if (q[i] == x) {
        for (j = i; q[j + 1] == x; j++) {
        }
        return (i / last + j / last) / 2.0;
    }
    return (i - 1) / last + (x - q[i - 1]) / (q[i] - q[i - 1]) * (i / last - (i - 1) / last);
}`,
	"quantile": `/* The quantile of a share, by n of them. */
static double #quantile(double share, const double *q, int32_t n)
{
    const double at = share * (n - 1);
    const int32_t k = (int32_t)at;
    return k + 1 >= n ? q[n - 1] : q[k] + (at - k) * (q[k + 1] - q[k]);
}`,
	"normal": normal(),
	"normal_share": fmt.Sprintf(`static double #normal_share(double z)
{
    const double share = erfc(-z / 1.4142135623730951) / 2.0;
    return share <= %s ? 0.0 : share >= %s ? 1.0 : share;
}`, number(categories.Outermost), number(1-categories.Outermost)),
	"hash": `/* MurmurHash3 with 32 bits and the seed 0, byte by byte. */
struct #hash {
    uint32_t h, k, n;
};

static uint32_t #hash_mixed(uint32_t k)
{
    k *= 0xcc9e2d51u;
    return (k << 15 | k >> 17) * 0x1b873593u;
}`,
	"hash_add": `/* Adds a text, in which a multiplication sign stands for two where it is said. */
static void #hash_add(struct #hash *s, const char *text, int twice)
{
    for (; *text != '\0'; text++) {
        int again = 1;
        if (twice && strncmp(text, "\303\227", 2) == 0) {
            again = 2;
        }
        for (int i = 0; i < again; i++) {
            for (int j = 0; j < again; j++) {
                s->k |= (uint32_t)(unsigned char)text[j] << 8 * (s->n % 4);
                if (++s->n % 4 == 0) {
                    s->h ^= #hash_mixed(s->k);
                    s->h = (s->h << 13 | s->h >> 19) * 5u + 0xe6546b64u;
                    s->k = 0;
                }
            }
        }
        text += again - 1;
    }
}`,
	"hash_place": `/* The place of what was added among n, and below 0, -1 less the place, where the hash is below 0. */
static int32_t #hash_place(const struct #hash *s, int32_t n)
{
    uint32_t h = s->h ^ #hash_mixed(s->k) ^ s->n, size;
    h = (h ^ h >> 16) * 0x85ebca6bu;
    h = (h ^ h >> 13) * 0xc2b2ae35u;
    h ^= h >> 16;
    if (h < 0x80000000u) {
        return (int32_t)(h % (uint32_t)n);
    }
    size = h == 0x80000000u ? 0x80000000u - (uint32_t)n : 0u - h;
    return -1 - (int32_t)(size % (uint32_t)n);
}`,
	"time": `/* A time: day is the share of its day that has gone by, days the days of its year, last the last day of a month. */
struct #time {
    int32_t year, month, monthday, weekday, yearday, last;
    double day, days;
};`,
	"time_of": `/* The time so many seconds after the beginning of 1970; 0 where that is too far away. */
static int #time_of(struct #time *t, double seconds)
{
    static const int8_t lengths[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const double begun = floor(seconds / 86400.0);
    int32_t z, era, of_era, year, of_year, month, leap;
    if (!(fabs(begun) < 1e8)) {
        return 0;
    }
    /* Days of eras of 400 years that begin with March, so that a leap day is the last of its year. */
    z = (int32_t)begun + 719468;
    era = (z >= 0 ? z : z - 146096) / 146097;
    of_era = z - era * 146097;
    year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    of_year = of_era - (365 * year + year / 4 - year / 100);
    month = (5 * of_year + 2) / 153;
    t->monthday = of_year - (153 * month + 2) / 5 + 1;
    t->month = month < 10 ? month + 3 : month - 9;
    t->year = year + era * 400 + (t->month <= 2);
    leap = (t->year % 4 == 0 && t->year % 100 != 0) || t->year % 400 == 0;
    t->yearday = t->month > 2 ? of_year + 59 + leap : of_year - 306;
    t->weekday = (((int32_t)begun + 3) % 7 + 7) % 7;
    t->last = t->monthday == lengths[t->month - 1] + (t->month == 2 && leap);
    t->day = (seconds - begun * 86400.0) / 86400.0;
    t->days = 365 + leap;
    return 1;
}`,
	"vocabulary": vocabularyStruct,
	"text":       textStruct,
	"text_rune":  textRune,
	"text_token": textToken,
	"text_piece": textPiece,
	"text_next":  textNext,
	"tfidf":      textWeights,
	"holiday": `/* Whether a day is one of n, which are year, month and day, or month and day of each year. */
static int #holiday(const struct #time *t, const int32_t *list, int32_t n)
{
    const int32_t day = t->month * 100 + t->monthday;
    for (int32_t i = 0; i < n; i++) {
        if (list[i] == day || list[i] == t->year * 10000 + day) {
            return 1;
        }
    }
    return 0;
}`,
}

// normal is the helper that gives the standard normal quantile of a share.
func normal() string {
	poly := func(c []float64) string {
		s := number(c[len(c)-1])
		for _, a := range slices.Backward(c[:len(c)-1]) {
			s = fmt.Sprintf("(%s) * r\n            + %s", s, number(a))
		}
		return s
	}
	return fmt.Sprintf(`/* The standard normal quantile of a share from 1e-11 up: Wichura's algorithm AS 241. */
static double #normal(double share)
{
    const double q = share - 0.5;
    double r;
    if (fabs(q) <= 0.425) {
        r = 0.180625 - q * q;
        return q * (%s)
            / (%s);
    }
    r = sqrt(-log(q < 0.0 ? share : 1.0 - share)) - 1.6;
    return copysign((%s)
            / (%s), q);
}`, poly(categories.Middle[0]), poly(categories.Middle[1]), poly(categories.Tail[0]), poly(categories.Tail[1]))
}

// helperText are the helpers that are used, those first that others need.
func (p *Product) helperText() string {
	names := slices.Sorted(maps.Keys(p.helpers))
	rank := func(name string) int {
		if i := slices.Index(order, name); i >= 0 {
			return i
		}
		return len(order)
	}
	slices.SortStableFunc(names, func(a, b string) int { return rank(a) - rank(b) })
	var b strings.Builder
	for _, name := range names {
		text := helpers[name]
		if name == "lower" { // its table takes a walk over all characters
			text = lowerTable()
		}
		b.WriteString(strings.ReplaceAll(text, "#", p.f.Name+"_") + "\n\n")
	}
	return b.String()
}
