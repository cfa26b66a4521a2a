package rows

import (
	"fmt"
	"slices"
	"strings"
)

// heading is what the comment at the head says of rows and predictions.
func (p *Product) heading() []string {
	name := p.f.Name
	lines := []string{
		name + "_predict_row takes a row of the table, unprepared: NAN is a missing number, NULL or \"\" a missing",
		"text. It returns 0, or the place of the value in the row that cannot be taken, from 1 on.",
	}
	return append(lines, p.notes...)
}

// public is what a program that calls the file sees.
func (p *Product) public() string {
	c := code{depth: 1}
	name := p.f.Name
	c.WriteString(fmt.Sprintf("\nstruct %s_row {\n", name))
	for _, m := range p.order {
		c.line("%s; /* %s */", m.declaration(), commented(m.says))
	}
	if len(p.order) == 0 {
		c.line("char empty; /* no column is used */")
	}
	c.WriteString(fmt.Sprintf("};\n\nstruct %s_prediction {\n", name))
	for _, r := range p.results {
		switch {
		case r.each:
			c.line("int32_t %s[%d]; /* 1 for the labels of %s, in the order of %s */", r.name, r.size,
				commented(r.says), r.classes)
		case r.classes != "":
			c.line("int32_t %s; /* %s: the place in %s */", r.name, commented(r.says), r.classes)
		default:
			c.line("%s %s[%d]; /* %s */", r.elem, r.name, r.size, commented(r.says))
		}
		if r.values != "" {
			c.line("float %s[%d];", r.values, r.size)
		}
	}
	c.WriteString("};\n\n")
	for _, r := range p.results {
		if r.classes != "" {
			fmt.Fprintf(&c, "extern const char *const %s[%d];\n", r.classes, len(r.list))
		}
	}
	fmt.Fprintf(&c, "int %s_predict_row(const struct %[1]s_row *row, struct %[1]s_prediction *to);\n", name)
	return c.String()
}

// functions are the arrays and functions behind that of the network.
func (p *Product) functions(arrays string) string {
	var c code
	c.WriteString("\n")
	for _, r := range p.results {
		if r.classes == "" {
			continue
		}
		for _, l := range r.list {
			p.bytes += 8 + len(l) + 1
		}
		list(&c, fmt.Sprintf("const char *const %s[%d]", r.classes, len(r.list)), r.list, quoted)
	}
	c.WriteString(p.tables.String())
	c.WriteString(arrays + "\n")
	c.WriteString(p.helperText() + p.vocabularies.String())
	body := p.String()
	fmt.Fprintf(&c, "int %s_predict_row(const struct %[1]s_row *row, struct %[1]s_prediction *to)\n{\n", p.f.Name)
	if !strings.Contains(body, "row->") {
		c.WriteString("    (void)row;\n")
	}
	c.WriteString(body + "}\n")
	return c.String()
}

// program is a main function that reads rows, a line each with a tab between values.
func (p *Product) program() string {
	c := code{}
	name := p.f.Name
	c.WriteString(strings.ReplaceAll(`
#ifdef GORAE_MAIN
#include <stdio.h>
#include <stdlib.h>

static char *#_next(char **at)
{
    char *value = *at, *end = value + strcspn(value, "\t\r\n");
    *at = *end == '\t' ? end + 1 : end;
    *end = '\0';
    return value;
}
`, "#_", name+"_"))
	if slices.ContainsFunc(p.order, func(m *member) bool { return m.elem != "const char *" }) {
		c.line("\nstatic double %s_real(const char *text)", name)
		c.line("{")
		c.line(`    return *text == '\0' ? NAN : strtod(text, NULL);`)
		c.line("}")
	}
	c.WriteString("\nint main(void)\n{\n    static char text[1 << 16];\n")
	c.depth = 1
	c.line("static struct %s_row row;", name)
	c.line("static struct %s_prediction to;", name)
	c.line("while (fgets(text, sizeof text, stdin) != NULL) {")
	c.depth++
	c.line("char *at = text;")
	c.line("int failed;")
	for _, m := range p.order {
		switch {
		case m.size > 0:
			c.line("for (int32_t i = 0; i < %d; i++) {", m.size)
			c.line("    row.%[2]s[i] = (%[3]s)%[1]s_real(%[1]s_next(&at));", name, m.name, m.elem)
			c.line("}")
		case m.elem == "double":
			c.line("row.%[2]s = %[1]s_real(%[1]s_next(&at));", name, m.name)
		case m.elem == "const char *":
			c.line("row.%s = %s_next(&at);", m.name, name)
		default: // a picture
			c.line("static uint8_t %s[%d];", m.name, p.f.In[0].Size)
			c.line("for (int32_t i = 0; i < %d; i++) {", p.f.In[0].Size)
			c.line("    %[2]s[i] = (uint8_t)%[1]s_real(%[1]s_next(&at));", name, m.name)
			c.line("}")
			c.line("row.%s = %[1]s;", m.name)
		}
	}
	c.line("failed = %s_predict_row(&row, &to);", name)
	c.line("if (failed != 0) {")
	c.line(`    printf("value %%d cannot be taken\n", failed);`)
	c.line("    continue;")
	c.line("}")
	for i, r := range p.results {
		tab := ""
		if i > 0 {
			tab = `\t`
		}
		switch {
		case r.each:
			c.line("for (int32_t i = 0; i < %d; i++) {", r.size)
			c.line(`    printf("%%s%%d", i > 0 ? "\t" : "%s", (int)to.%s[i]);`, tab, r.name)
			c.line("}")
		case r.classes != "":
			c.line(`printf("%s%%s", %s[to.%s]);`, tab, r.classes, r.name)
		default:
			format := "%.17g"
			if r.elem != "double" {
				format = "%.9g"
			}
			c.line("for (int32_t i = 0; i < %d; i++) {", r.size)
			c.line(`    printf("%%s%s", i > 0 ? "\t" : "%s", (double)to.%s[i]);`, format, tab, r.name)
			c.line("}")
		}
		if r.values != "" {
			c.line("for (int32_t i = 0; i < %d; i++) {", r.size)
			c.line(`    printf("\t%%.9g", (double)to.%s[i]);`, r.values)
			c.line("}")
		}
	}
	c.line(`printf("\n");`)
	c.WriteString("    }\n    return 0;\n}\n#endif\n")
	return c.String()
}
