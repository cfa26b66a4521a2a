package torch

import "fmt"

// step carries out one instruction, of those that a state_dict needs.
func (m *machine) step(op byte) error {
	switch op {
	case 0x80: // PROTO
		v, err := m.number(1)
		if err == nil && v > 5 {
			err = fmt.Errorf("protocol %d of pickle; 5 is the newest that is read", v)
		}
		return err
	case 0x95: // FRAME
		_, err := m.number(8)
		return err
	case '(': // MARK
		return m.push(mark{})
	case 'N': // NONE
		return m.push(nil)
	case 0x88, 0x89: // NEWTRUE, NEWFALSE
		return m.push(op == 0x88)
	case 'K', 'M': // BININT1, BININT2
		v, err := m.number(map[byte]int{'K': 1, 'M': 2}[op])
		if err != nil {
			return err
		}
		return m.push(int64(v))
	case 'J': // BININT
		v, err := m.number(4)
		if err != nil {
			return err
		}
		return m.push(int64(int32(uint32(v))))
	case 0x8a: // LONG1
		return m.long()
	case 'G': // BINFLOAT
		return m.float()
	case 'X': // BINUNICODE
		return m.str(4)
	case 0x8c: // SHORT_BINUNICODE
		return m.str(1)
	case ')', 't', 0x85, 0x86, 0x87: // EMPTY_TUPLE, TUPLE, TUPLE1 to TUPLE3
		return m.tuple(op)
	case ']': // EMPTY_LIST
		return m.push(&list{})
	case '}': // EMPTY_DICT
		return m.push(&dict{})
	case 'a', 'e', 's', 'u': // APPEND, APPENDS, SETITEM, SETITEMS
		return m.add(op)
	case 'q', 'r', 'h', 'j', 0x94: // BINPUT, LONG_BINPUT, BINGET, LONG_BINGET, MEMOIZE
		return m.remember(op)
	case 'c', 0x93: // GLOBAL, STACK_GLOBAL
		return m.global(op)
	case 'Q': // BINPERSID
		id, err := m.pop()
		if err != nil {
			return err
		}
		s, err := newStorage(id)
		if err != nil {
			return err
		}
		return m.push(s)
	case 'R': // REDUCE
		return m.reduce()
	case 'b': // BUILD
		return m.build()
	}
	name := opcodes[op]
	if name == "" {
		name = "unknown"
	}
	return fmt.Errorf("the instruction %s (0x%02x) has no place in a state_dict and is not carried out", name, op)
}

// opcodes are names of instructions that are refused.
var opcodes = map[byte]string{'i': "INST", 'o': "OBJ", 0x81: "NEWOBJ", 0x92: "NEWOBJ_EX", 0x82: "EXT1", 0x83: "EXT2",
	0x84: "EXT4", 'P': "PERSID", '0': "POP", '1': "POP_MARK", '2': "DUP", 'I': "INT", 'L': "LONG", 'F': "FLOAT",
	'S': "STRING", 'T': "BINSTRING", 'U': "SHORT_BINSTRING", 'V': "UNICODE", 0x8b: "LONG4", 0x8d: "BINUNICODE8",
	'l': "LIST", 'd': "DICT", 'g': "GET", 'p': "PUT", 'B': "BINBYTES", 'C': "SHORT_BINBYTES", 0x8e: "BINBYTES8",
	0x8f: "EMPTY_SET", 0x90: "ADDITEMS", 0x91: "FROZENSET", 0x96: "BYTEARRAY8", 0x97: "NEXT_BUFFER",
	0x98: "READONLY_BUFFER"}

// tuple makes a tuple of the uppermost values.
func (m *machine) tuple(op byte) error {
	switch op {
	case ')':
		return m.push(tuple{})
	case 't':
		items, err := m.toMark()
		if err != nil {
			return err
		}
		return m.push(tuple(items))
	}
	items := make(tuple, op-0x84)
	for i := len(items) - 1; i >= 0; i-- {
		var err error
		if items[i], err = m.pop(); err != nil {
			return err
		}
	}
	return m.push(items)
}

// add adds elements to a list or pairs to a dictionary.
func (m *machine) add(op byte) error {
	var items []any
	var err error
	if op == 'e' || op == 'u' {
		items, err = m.toMark()
	} else {
		items = make([]any, map[byte]int{'a': 1, 's': 2}[op])
		for i := len(items) - 1; i >= 0 && err == nil; i-- {
			items[i], err = m.pop()
		}
	}
	if err != nil {
		return err
	}
	to, err := m.top()
	if err != nil {
		return err
	}
	if d, ok := to.(*dict); ok && (op == 's' || op == 'u') {
		return d.set(items)
	}
	if l, ok := to.(*list); ok && (op == 'a' || op == 'e') {
		l.items = append(l.items, items...)
		return nil
	}
	return fmt.Errorf("elements are added to %s", say(to))
}

// remember keeps the uppermost value under a number, or brings it back.
func (m *machine) remember(op byte) error {
	n, err := uint64(len(m.memo)), error(nil)
	if width := map[byte]int{'q': 1, 'h': 1, 'r': 4, 'j': 4}[op]; width > 0 {
		n, err = m.number(width)
	}
	if err != nil {
		return err
	}
	if op == 'h' || op == 'j' {
		v, ok := m.memo[uint32(n)]
		if !ok {
			return fmt.Errorf("nothing was kept under the number %d", n)
		}
		return m.push(v)
	}
	v, err := m.top()
	if err != nil {
		return err
	}
	m.memo[uint32(n)] = v
	return nil
}

// known are the names that a pickle may refer to, beside the classes of storages.
var known = map[global]bool{{"collections", "OrderedDict"}: true, {"torch._utils", "_rebuild_tensor_v2"}: true,
	{"torch._utils", "_rebuild_parameter"}: true}

// global is a name of the list.
func (m *machine) global(op byte) error {
	var g global
	var err error
	if op == 'c' {
		if g.module, err = m.line(); err != nil {
			return err
		}
		if g.name, err = m.line(); err != nil {
			return err
		}
	} else {
		name, err := m.pop()
		if err != nil {
			return err
		}
		module, err := m.pop()
		if err != nil {
			return err
		}
		var ok1, ok2 bool
		g.module, ok1 = module.(string)
		g.name, ok2 = name.(string)
		if !ok1 || !ok2 {
			return fmt.Errorf("a name is made of %s and %s", say(module), say(name))
		}
	}
	if !known[g] && !(g.module == "torch" && storages[g.name] != "") {
		return fmt.Errorf("%q is no part of tensors and is not called; save the state_dict of the model alone",
			g.module+"."+g.name)
	}
	return m.push(g)
}

// reduce is a call of one of the three functions that are known.
func (m *machine) reduce() error {
	a, err := m.pop()
	if err != nil {
		return err
	}
	f, err := m.pop()
	if err != nil {
		return err
	}
	args, ok := a.(tuple)
	if !ok {
		return fmt.Errorf("the arguments of %s are %s", say(f), say(a))
	}
	switch f {
	case global{"collections", "OrderedDict"}:
		if len(args) > 0 {
			return fmt.Errorf("an OrderedDict is made of %d arguments; want none", len(args))
		}
		return m.push(&dict{})
	case global{"torch._utils", "_rebuild_tensor_v2"}:
		t, err := newTensor(args)
		if err != nil {
			return err
		}
		return m.push(t)
	case global{"torch._utils", "_rebuild_parameter"}:
		if len(args) == 3 {
			if t, ok := args[0].(*stridedTensor); ok {
				return m.push(t)
			}
		}
		return fmt.Errorf("a parameter is made of %d arguments; want a tensor and two more", len(args))
	}
	return fmt.Errorf("%s is called, which is no function of tensors", say(f))
}

// build passes over the attributes of a dictionary, PyTorch's versions of modules.
func (m *machine) build() error {
	if _, err := m.pop(); err != nil {
		return err
	}
	v, err := m.top()
	if err != nil {
		return err
	}
	if _, ok := v.(*dict); !ok {
		return fmt.Errorf("%s is given attributes", say(v))
	}
	return nil
}
