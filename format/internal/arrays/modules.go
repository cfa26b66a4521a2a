package arrays

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"gorae/format"
	"gorae/layer"
	"gorae/model"
	"gorae/weight"
)

// module is the arrays of a module of PyTorch's, or of one of the layers of a recurrent one.
type module struct {
	name string         // fc1, layers.0, lstm.l1
	of   map[string]int // weight, bias, running_mean, weight_ih_reverse → the array
}

// recurrent is a parameter of a recurrent module: its name, the layer's number and the direction.
var recurrent = regexp.MustCompile(`^((?:weight|bias)_(?:ih|hh))_l(\d+)(_reverse)?$`)

// modulesOf groups arrays by modules; in the order of the list where it is that of the program, else of their names
// with numbers as numbers. The counts of batches are left out.
func modulesOf(list []format.Array, ordered bool) []*module {
	var all []*module
	of := map[string]*module{}
	for i, a := range list {
		name, leaf := "", strings.TrimPrefix(a.Name, "module.") // of DataParallel
		if cut := strings.LastIndexByte(leaf, '.'); cut >= 0 {
			name, leaf = leaf[:cut], leaf[cut+1:]
		}
		if leaf == "num_batches_tracked" {
			continue
		}
		if p := recurrent.FindStringSubmatch(leaf); p != nil {
			name, leaf = name+".l"+p[2], p[1]+p[3]
		}
		m := of[name]
		if m == nil {
			m = &module{name, map[string]int{}}
			of[name] = m
			all = append(all, m)
		}
		m.of[leaf] = i
	}
	if !ordered {
		slices.SortStableFunc(all, func(a, b *module) int { return natural(a.name, b.name) })
	}
	return all
}

var digits = regexp.MustCompile(`\d+|\D+`)

// natural compares names with the numbers in them as numbers: 2 before 10.
func natural(a, b string) int {
	as, bs := digits.FindAllString(a, -1), digits.FindAllString(b, -1)
	return slices.CompareFunc(as, bs, func(x, y string) int {
		m, err := strconv.Atoi(x)
		n, err2 := strconv.Atoi(y)
		if err == nil && err2 == nil {
			return m - n
		}
		return strings.Compare(x, y)
	})
}

var number = regexp.MustCompile(`\d+`)

// alike reports whether two names differ in numbers alone, so that these say which comes first.
func alike(a, b string) bool {
	return number.ReplaceAllString(a, "#") == number.ReplaceAllString(b, "#")
}

// site is the place of a layer's weights in a network.
type site struct {
	name string                 // the layer's path: fc1, bidirectional
	vars map[string]*weight.Var // kernel, bias, kernel_reverse
	keys []string               // of vars, in order
	deep bool                   // a DepthwiseConv, whose kernel has the shape (k…, in, multiplier)
}

// sitesOf groups variables by the layers that have them, in the network's order. The two directions of a Bidirectional
// are one site.
func sitesOf(m *model.Model, vars []*weight.Var) []*site {
	var all []*site
	depthwise := map[string]bool{}
	findDepthwise(m, "", depthwise)
	of := map[string]*site{}
	for _, v := range vars {
		cut := strings.LastIndexByte(v.Path, '/')
		name, key := v.Path[:max(cut, 0)], v.Path[cut+1:]
		name = strings.TrimSuffix(name, "/cell")
		if at, ok := strings.CutSuffix(name, "/backward_layer"); ok {
			name, key = at, key+"_reverse"
		}
		name = strings.TrimSuffix(name, "/forward_layer")
		s := of[name]
		if s == nil {
			s = &site{name: name, vars: map[string]*weight.Var{}, deep: depthwise[name]}
			of[name] = s
			all = append(all, s)
		}
		s.vars[key] = v
		s.keys = append(s.keys, key)
	}
	return all
}

// findDepthwise notes the paths of depthwise convolutions.
func findDepthwise(m *model.Model, prefix string, found map[string]bool) {
	for _, i := range m.Layers() {
		switch l := i.Layer.(type) {
		case *model.Model:
			findDepthwise(l, prefix+i.Name()+"/", found)
		case layer.DepthwiseConv1D, layer.DepthwiseConv2D:
			found[prefix+i.Name()] = true
		}
	}
}

// same makes names of layers and of modules comparable: a.b, a/b and a_b are one.
var same = strings.NewReplacer(".", "_", "/", "_")

// named reports whether a module has the name of the site.
func (m *module) named(s *site) bool {
	name := same.Replace(s.name)
	return name == same.Replace(m.name) || name == same.Replace(strings.TrimSuffix(m.name, ".l0"))
}

// byModule pairs layers and modules: first those of one name, then layer by layer in the network's order the next
// module of the kind and the shapes. Where the order of the modules is not known, their names have to say which comes
// first.
func byModule(m *model.Model, list []format.Array, ordered bool) (plan []filling, rest *unmatched) {
	rest = &unmatched{}
	modules, sites := modulesOf(list, ordered), sitesOf(m, wanted(m))
	used, done := map[*module]bool{}, map[*site]bool{}
	take := func(s *site, m *module, f []filling) {
		plan, used[m], done[s] = append(plan, f...), true, true
	}
	for _, s := range sites {
		for _, m := range modules {
			if used[m] || !m.named(s) {
				continue
			}
			f, err := s.fill(m, list)
			if err != nil {
				rest.faults = append(rest.faults, err.Error())
			}
			take(s, m, f)
			break
		}
	}
	for _, s := range sites {
		if done[s] {
			continue
		}
		var fitting []*module
		var how []filling
		for _, m := range modules {
			if used[m] {
				continue
			}
			if f, err := s.fill(m, list); err == nil {
				if fitting = append(fitting, m); len(fitting) == 1 {
					how = f
				}
			}
		}
		if len(fitting) == 0 {
			continue
		}
		if i := slices.IndexFunc(fitting, func(m *module) bool { return !alike(m.name, fitting[0].name) }); i > 0 &&
			!ordered {
			rest.faults = append(rest.faults, fmt.Sprintf("layer %q could have the weights of %s or of %s, and the "+
				"file does not say which comes first; give the layers the names of the modules", s.name,
				fitting[0].name, fitting[i].name))
		}
		take(s, fitting[0], how)
	}
	rest.left(sites, done, modules, used, list)
	return plan, rest
}

// left notes the layers and the modules that found nothing.
func (u *unmatched) left(sites []*site, done map[*site]bool, modules []*module, used map[*module]bool,
	list []format.Array) {
	for _, s := range sites {
		if done[s] {
			continue
		}
		for _, k := range s.keys {
			u.missing = append(u.missing, fmt.Sprintf("%s %v", s.vars[k].Path, s.vars[k].Shape))
		}
		var first error // of the only module that is left, which says why it does not fit
		n := 0
		for _, m := range modules {
			if !used[m] {
				_, first = s.fill(m, list)
				n++
			}
		}
		if n == 1 && first != nil {
			u.faults = append(u.faults, first.Error())
		}
	}
	var unused []int
	for _, m := range modules {
		if !used[m] {
			for _, i := range m.of {
				unused = append(unused, i)
			}
		}
	}
	slices.Sort(unused)
	for _, i := range unused {
		u.unused = append(u.unused, fmt.Sprintf("%s %v", list[i].Name, list[i].Shape))
	}
}
