package emit

import (
	"maps"
	"slices"
	"strings"

	"gorae/graph"
)

// functions are the elementwise functions; a, b and c stand for the operands.
var functions = map[graph.Kind]string{
	graph.Neg: "-(a)", graph.Abs: "fabsf(a)", graph.Sign: "a > 0.0f ? 1.0f : a < 0.0f ? -1.0f : a",
	graph.Exp: "expf(a)", graph.Expm1: "expm1f(a)", graph.Log: "logf(a)", graph.Log1p: "log1pf(a)",
	graph.Sqrt: "sqrtf(a)", graph.Rsqrt: "1.0f / sqrtf(a)", graph.Recip: "1.0f / a", graph.Square: "a * a",
	graph.Tanh: "tanhf(a)", graph.Sigmoid: "#sigmoid(a)", graph.Erf: "erff(a)", graph.Relu: "a <= 0.0f ? 0.0f : a",
	graph.Floor: "floorf(a)", graph.Ceil: "ceilf(a)", graph.Round: "rintf(a)", graph.Sin: "sinf(a)",
	graph.Cos: "cosf(a)", graph.Softplus: "#softplus(a)", graph.Not: "a == 0.0f ? 1.0f : 0.0f",
	graph.Add: "a + b", graph.Sub: "a - b", graph.Mul: "a * b", graph.Div: "a / b", graph.Pow: "powf(a, b)",
	graph.Max: "#max(a, b)", graph.Min: "#min(a, b)", graph.Eq: "a == b ? 1.0f : 0.0f",
	graph.Ne: "a != b ? 1.0f : 0.0f", graph.Lt: "a < b ? 1.0f : 0.0f", graph.Le: "a <= b ? 1.0f : 0.0f",
	graph.Gt: "a > b ? 1.0f : 0.0f", graph.Ge: "a >= b ? 1.0f : 0.0f",
	graph.And:      "a != 0.0f && b != 0.0f ? 1.0f : 0.0f",
	graph.Or:       "a != 0.0f || b != 0.0f ? 1.0f : 0.0f",
	graph.ReluGrad: "b > 0.0f ? a : 0.0f", graph.SigmoidGrad: "a * b * (1.0f - b)",
	graph.TanhGrad: "a * (1.0f - b * b)", graph.Where: "a != 0.0f ? b : c",
}

// helpers are functions that the file has where it uses them.
var helpers = map[string]string{
	"sigmoid": `static float #sigmoid(float x)
{
    const float e = expf(-fabsf(x));
    return x >= 0.0f ? 1.0f / (1.0f + e) : e / (1.0f + e);
}`,
	"softplus": `static float #softplus(float x)
{
    return (x > 0.0f ? x : 0.0f) + log1pf(expf(-fabsf(x)));
}`,
	"max": `/* The greater number; NaN if one is NaN. */
static float #max(float a, float b)
{
    return a > b || a != a ? a : b;
}`,
	"min": `/* The lesser number; NaN if one is NaN. */
static float #min(float a, float b)
{
    return a < b || a != a ? a : b;
}`,
	"to_int": `/* Towards zero; what is beyond the range becomes its end, NaN becomes 0. */
static int32_t #to_int(float x)
{
    return x != x ? 0 : x <= -2147483648.0f ? -2147483647 - 1 : x >= 2147483648.0f ? 2147483647 : (int32_t)x;
}`,
	"to_byte": `/* Towards zero; what is beyond the range becomes its end, NaN becomes 0. */
static int32_t #to_byte(float x)
{
    return x != x || x <= 0.0f ? 0 : x >= 255.0f ? 255 : (int32_t)x;
}`,
}

// help is the name of a helper, which the file then has.
func (p *program) help(name string) string {
	p.helpers[name] = true
	return p.name + "_" + name
}

// helperText are the helpers that are used.
func (p *program) helperText() string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(p.helpers)) {
		b.WriteString(strings.ReplaceAll(helpers[name], "#", p.name+"_") + "\n\n")
	}
	return b.String()
}

// function is an elementwise function of operands.
func (p *program) function(c *graph.Call, k graph.Kind, x []string) string {
	f, ok := functions[k]
	if !ok {
		return p.refuse(c)
	}
	before := ""
	if name, rest, is := strings.Cut(f, "("); is && name[0] == '#' {
		before, f = p.help(name[1:]), "("+rest
	}
	// Operands stand alone between other characters: a letter beside a letter is a part of a word.
	var b strings.Builder
	letter := func(i int) bool {
		return i >= 0 && i < len(f) && (f[i] >= 'a' && f[i] <= 'z' || f[i] == '_' || f[i] >= '0' && f[i] <= '9')
	}
	for i := range len(f) {
		if f[i] >= 'a' && f[i] <= 'c' && !letter(i-1) && !letter(i+1) {
			b.WriteString(x[f[i]-'a'])
		} else {
			b.WriteByte(f[i])
		}
	}
	return before + b.String()
}
