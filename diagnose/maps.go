package diagnose

import (
	"slices"
	"strings"

	"gorae/layer"
)

// collapsedMap sees convolutions and poolings that are given a map of one place.
func collapsedMap(c *Case) ([]Finding, error) {
	if !c.Supervised() || c.trained() && !c.look().Weak {
		return nil, nil
	}
	m := c.Model
	if all := m.Networks(); len(all) > 1 {
		m = all[0]
	}
	shapes := map[string]string{}
	for _, r := range m.Summary().Rows {
		shapes[r.Name] = r.Shape
	}
	var out []Finding
	var pooled []string // changes that leave the poolings so far out
	before := ""
	for _, l := range c.layers() {
		looks := false
		switch of := l.Layer.(type) {
		case layer.Conv2D:
			looks = slices.Max(of.KernelSize) > 1
		case layer.MaxPooling2D, layer.AveragePooling2D:
			looks = true
			pooled = append(pooled, l.change("pool_size", "1")...)
		}
		if looks && strings.HasPrefix(before, "(None, 1, 1, ") {
			out = append(out, found(c.mapGrade(), l.name, "%s is given a map of one place, %s: there is nothing "+
				"beside it "+
				"to look at", l.name, before).with("places of the map", 1, 2))
		}
		before = shapes[l.name]
	}
	if out = join(out); out != nil {
		out[0] = out[0].set(pooled...)
	}
	return out, nil
}

func (c *Case) mapGrade() Grade {
	if c.trained() && c.look().Harmed() {
		return Fault
	}
	return Tip
}
