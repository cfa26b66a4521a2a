package model

import (
	"fmt"

	"gorae/config"
	"gorae/layer"
)

// name gives each layer its name in m: the one that its configuration says, the one that it has in another model, or
// Keras's dense, dense_1, ….
func (m *Model) name() {
	m.names = map[*Instance]string{}
	taken := map[string]bool{}
	put := func(i *Instance, name string) {
		m.names[i], taken[name] = name, true
		if i.name == "" {
			i.name = name
		}
	}
	all := m.instances()
	for _, i := range all {
		n := layer.NameOf(i.Layer)
		if n == "" {
			continue
		}
		if taken[n] {
			m.broken = fmt.Errorf("model: two layers are named %q; give each a name of its own", n)
			return
		}
		put(i, n)
	}
	for _, i := range all {
		if m.names[i] == "" && i.name != "" && !taken[i.name] {
			put(i, i.name)
		}
	}
	count := map[string]int{}
	for _, i := range all {
		if m.names[i] != "" {
			continue
		}
		base := config.Snake(layer.TypeName(i.Layer))
		if sub, ok := i.Layer.(*Model); ok {
			base = sub.Name
		}
		for m.names[i] == "" {
			n := base
			if k := count[base]; k > 0 {
				n = fmt.Sprintf("%s_%d", base, k)
			}
			if count[base]++; !taken[n] {
				put(i, n)
			}
		}
	}
}

// valueName returns the name in m of the layer that gives v.
func (m *Model) valueName(v *Value) string { return m.names[v.from.inst] }
