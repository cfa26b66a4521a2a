package hdf5

import (
	"fmt"
	"slices"
	"strings"
)

// A Group is a directory of groups and datasets.
type Group struct {
	object
	links map[string]link
	list  []string
}

// A link is where a name leads: to an object header, or (soft) to another path.
type link struct {
	addr uint64
	soft string
	file string // an external link's file
}

// maxDepth is how many levels of groups, and maxSoft how many soft links on the way of one path, are followed.
const (
	maxDepth = 256
	maxSoft  = 64
)

// maxName is the longest link name that is believed.
const maxName = 1 << 16

func (f *File) group(addr uint64, path string) (*Group, error) {
	h, err := f.header(addr)
	if err != nil {
		return nil, fmt.Errorf("%w (in %s)", err, shown(path))
	}
	return f.groupOf(h, path)
}

func (f *File) groupOf(h *header, path string) (*Group, error) {
	o, err := f.object(h, path)
	if err != nil {
		return nil, err
	}
	g := &Group{object: *o, links: map[string]link{}}
	known := false
	for i := range h.messages {
		switch m := &h.messages[i]; m.kind {
		case msgSymbolTable:
			known, err = true, g.symbolTable(m)
		case msgLinkInfo:
			known, err = true, g.denseLinks(m)
		case msgLink:
			known, err = true, g.link(m.cursor(f, "link"))
		}
		if err != nil {
			return nil, fmt.Errorf("%w (in %s)", err, shown(path))
		}
	}
	if !known {
		return nil, bad("object header", h.addr, "%s is no group", shown(path))
	}
	slices.Sort(g.list)
	return g, nil
}

func (g *Group) add(c *cursor, name string, l link) {
	if _, twice := g.links[name]; twice {
		c.fail("a second link is called %q", name)
		return
	}
	g.links[name] = l
	g.list = append(g.list, name)
}

// link reads a link message: version 1, flags, [type], [order 8], [character set], name, value.
func (g *Group) link(c *cursor) error {
	c.version(1)
	flags := c.u8()
	kind := uint8(0)
	if flags&8 != 0 {
		kind = c.u8()
	}
	if flags&4 != 0 {
		c.u64()
	}
	if flags&16 != 0 {
		c.u8()
	}
	n := c.uint(1 << (flags & 3))
	if n > maxName {
		c.fail("a name of %d bytes", n)
	}
	name := string(c.take(int(min(n, maxName))))
	var l link
	switch kind {
	case 0:
		l.addr = c.offset()
	case 1:
		l.soft = string(c.take(int(c.u16())))
	case 64:
		value := string(c.take(int(c.u16())))
		if value != "" {
			value = value[1:] // version and flags
		}
		l.file, l.soft, _ = strings.Cut(value, "\x00")
		l.soft = strings.TrimRight(l.soft, "\x00")
		if l.file == "" {
			l.file = "?"
		}
	default:
		l.file = fmt.Sprintf("a user-defined link of type %d", kind)
	}
	if c.err == nil {
		g.add(c, name, l)
	}
	return c.err
}

// denseLinks reads links kept in a fractal heap, as the link info message says: version 0, flags, [largest index 8],
// heap, tree by name, [tree by order].
func (g *Group) denseLinks(m *message) error {
	c := m.cursor(g.f, "link info")
	c.version(0)
	if c.u8()&1 != 0 {
		c.u64()
	}
	heapAddr, tree := c.offset(), c.offset()
	if c.err != nil || heapAddr == undefined {
		return c.err
	}
	heap, err := g.f.fractalHeap(heapAddr)
	if err != nil {
		return err
	}
	return g.f.tree2(tree, 5, func(r *cursor) error {
		r.u32() // hash of the name
		id := r.take(r.left())
		if r.err != nil {
			return r.err
		}
		addr, body, err := heap.object(id)
		if err != nil {
			return err
		}
		return g.link(&cursor{f: g.f, what: "link", addr: addr, b: body})
	})
}

// Names are the names of the group's members, sorted.
func (g *Group) Names() []string { return slices.Clone(g.list) }

// Has says whether the group has a member called name.
func (g *Group) Has(name string) bool {
	_, ok := g.links[name]
	return ok
}

// Group opens the group at path: names separated by slashes, from this group on, or from the root where path begins
// with a slash. Soft links are followed; links into other files are refused.
func (g *Group) Group(path string) (*Group, error) {
	h, full, err := g.lookup(path, new(int))
	if err != nil {
		return nil, err
	}
	if h.find(msgLayout) != nil {
		return nil, fmt.Errorf("hdf5: %s is a dataset; a group is wanted", shown(full))
	}
	return g.f.groupOf(h, full)
}

// Dataset opens the dataset at path, which is read as Group reads it.
func (g *Group) Dataset(path string) (*Dataset, error) {
	h, full, err := g.lookup(path, new(int))
	if err != nil {
		return nil, err
	}
	if h.find(msgLayout) == nil {
		return nil, fmt.Errorf("hdf5: %s is not a dataset", shown(full))
	}
	return g.f.dataset(h, full)
}

// lookup finds an object header; soft counts the soft links followed on the way.
func (g *Group) lookup(path string, soft *int) (*header, string, error) {
	if strings.HasPrefix(path, "/") && g.path != "/" {
		g = g.f.root
	}
	var names []string
	for n := range strings.SplitSeq(path, "/") {
		if n != "" && n != "." {
			names = append(names, n)
		}
	}
	if len(names) > maxDepth {
		return nil, "", fmt.Errorf("hdf5: a path of %d names; at most %d levels are followed", len(names), maxDepth)
	}
	for i, name := range names {
		h, full, err := g.member(name, soft)
		if err != nil || i == len(names)-1 {
			return h, full, err
		}
		if h.find(msgLayout) != nil {
			return nil, "", fmt.Errorf("hdf5: %s is a dataset, and %q is looked for in it", shown(full), names[i+1])
		}
		if g, err = g.f.groupOf(h, full); err != nil {
			return nil, "", err
		}
	}
	return g.head, g.path, nil
}

func (g *Group) member(name string, soft *int) (*header, string, error) {
	full := strings.TrimSuffix(g.path, "/") + "/" + name
	l, ok := g.links[name]
	switch {
	case !ok:
		return nil, "", fmt.Errorf("hdf5: %s has no member %q; it has %s", shown(g.path), name, listed(g.list))
	case l.file != "":
		return nil, "", fmt.Errorf("hdf5: %s leads into another file (%s), which is not followed", shown(full),
			shown(l.file))
	case l.soft != "":
		if *soft++; *soft > maxSoft {
			return nil, "", fmt.Errorf("hdf5: %s: more than %d soft links on the way; they lead in a circle",
				shown(full), maxSoft)
		}
		h, _, err := g.lookup(l.soft, soft)
		return h, full, err
	}
	h, err := g.f.header(l.addr)
	if err != nil {
		return nil, "", fmt.Errorf("%w (in %s)", err, shown(full))
	}
	return h, full, nil
}

// Walk calls visit for every group and dataset below this group, groups before their members, members in the order of
// their names; of g and d one is nil. An object that several links lead to is visited once. Soft links, links into
// other files and committed datatypes are passed over. The first error ends the walk.
func (g *Group) Walk(visit func(path string, g *Group, d *Dataset) error) error {
	t := &tour{visit: visit, seen: map[uint64]bool{g.head.addr: true}}
	return t.group(g, 0)
}

// A tour is the state of one Walk.
type tour struct {
	visit func(string, *Group, *Dataset) error
	seen  map[uint64]bool // object headers
	links int64
}

// minLink is fewer bytes than any link takes in a file.
const minLink = 8

func (t *tour) group(g *Group, depth int) error {
	if depth > maxDepth {
		return fmt.Errorf("hdf5: %s: groups are nested more than %d deep", shown(g.path), maxDepth)
	}
	if t.links += int64(len(g.list)); t.links > g.f.size/minLink {
		return fmt.Errorf("hdf5: %s: %d links in a file of %d bytes; the groups share their tables", shown(g.path),
			t.links, g.f.size)
	}
	for _, name := range g.list {
		l := g.links[name]
		if l.soft != "" || l.file != "" || t.seen[l.addr] {
			continue
		}
		t.seen[l.addr] = true
		h, full, err := g.member(name, new(int))
		if err != nil {
			return err
		}
		if err := t.object(g.f, h, full, depth); err != nil {
			return err
		}
	}
	return nil
}

func (t *tour) object(f *File, h *header, path string, depth int) error {
	if h.find(msgLayout) != nil {
		d, err := f.dataset(h, path)
		if err != nil {
			return err
		}
		return t.visit(path, nil, d)
	}
	if h.find(msgDatatype) != nil {
		return nil
	}
	g, err := f.groupOf(h, path)
	if err != nil {
		return err
	}
	if err := t.visit(path, g, nil); err != nil {
		return err
	}
	return t.group(g, depth+1)
}
