package emit

import (
	"fmt"
	"strings"
)

// Function is the function of a network, as the rest of a file calls it.
type Function struct {
	Name    string // of the model in C; that of the function is NAME_predict
	In, Out []Parameter
	// Unique is a name in C, made of another, that nothing else in the file has.
	Unique func(string) string
}

// Parameter is an array that the function takes or fills.
type Parameter struct {
	Layer, Elem string
	Size        int
}

// Around is what a file has beside the function of a network.
type Around struct {
	Notes     []string // for the comment at the head
	Headers   []string // of the standard library, beside math.h and stdint.h
	Public    string   // declarations, behind that of the function
	Functions string   // behind the function
	Program   string   // a main function, within its condition; "": that of the network
	Reads     string   // says what the program reads
	Example   string   // a call

	Constants, Static int // bytes
}

// described is the function that is being written.
func (p *program) described(h heading) Function {
	f := Function{Name: p.name, Unique: p.unique}
	for _, a := range h.ins {
		f.In = append(f.In, Parameter{a.layer, a.elem, a.buf.size})
	}
	for _, a := range h.outs {
		f.Out = append(f.Out, Parameter{a.layer, a.elem, a.buf.size})
	}
	return f
}

// Names are names in C that are taken.
type Names map[string]bool

// NewNames are the words of C and the names that a file uses itself.
func NewNames() Names {
	n := Names{}
	for _, w := range strings.Fields(reserved) {
		n[w] = true
	}
	return n
}

// Unique is a name in C that is not taken, made of a text; instead begins that of one without letters of ASCII.
func (n Names) Unique(text, instead string) string { return n.take(plain(text, instead)) }

// plain is a text as a name in C.
func plain(text, instead string) string {
	name := strings.Trim(foreign.ReplaceAllString(text, "_"), "_")
	switch {
	case name == "":
		return instead
	case name[0] >= '0' && name[0] <= '9':
		return instead + "_" + name
	}
	return name
}

// take is a name, with a number behind it where it is taken.
func (n Names) take(name string) string {
	for base, k := name, 2; n[name]; k++ {
		name = fmt.Sprintf("%s_%d", base, k)
	}
	n[name] = true
	return name
}
