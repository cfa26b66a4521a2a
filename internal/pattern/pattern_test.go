package pattern

import "testing"

func TestPattern(t *testing.T) {
	p := Pattern{Expr: `^(\d+)-(\d+)$`}
	if m := p.Regexp().FindStringSubmatch("12-7"); m == nil || m[1] != "12" || m[2] != "7" {
		t.Errorf("%q", m)
	}
	if first, again := p.Regexp(), p.Regexp(); first != again {
		t.Error("compiled twice")
	}
}
