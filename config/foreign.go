package config

import "strings"

// foreign returns the error of a thing of Keras's form {class_name, config} that is another one than its class's name
// says: an operation of keras.ops, some of which go by a layer's name, or a layer whose weights are quantized.
func foreign(m Map, class string) error {
	if module, _ := m.Get("module").(string); strings.HasPrefix(module, "keras.src.ops.") {
		return Errorf(Step(class), "is the operation %s.%s, which gorae does not have", module, class).
			Fix("use a layer in its place").Coded(Unsupported)
	}
	c, _ := AsMap(m.Get("config"))
	if mode := quantized(c.Get("dtype")); mode != "" {
		return Errorf(Join(Step(class), "dtype"), "numbers quantized to %s are not supported", mode).
			Fix("save the model before it is quantized").Coded(Unsupported)
	}
	return nil
}

// quantized returns how a dtype policy of Keras quantizes, "" where it does not: a policy of its own class with a mode,
// or a word such as int8_from_float32.
func quantized(dtype any) string {
	switch p := dtype.(type) {
	case string:
		if mode, _, ok := strings.Cut(p, "_from_"); ok {
			return mode
		}
	case map[string]any, Map:
		m, _ := AsMap(p)
		c, _ := AsMap(m.Get("config"))
		if mode, _ := c.Get("mode").(string); mode != "" {
			return mode
		}
		if name, _ := c.Get("name").(string); name != "" {
			return quantized(name)
		}
	}
	return ""
}
