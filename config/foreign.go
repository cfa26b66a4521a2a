package config

import (
	"reflect"
	"slices"
	"strings"
)

// foreign returns the error of a thing of Keras's form {class_name, config} that is another one than its class's name
// says: an operation of keras.ops, some of which go by a layer's name, or a layer whose weights are quantized.
// quantizes says that the class has a key for int8.
func foreign(m Map, class string, quantizes bool) error {
	if module, _ := m.Get("module").(string); strings.HasPrefix(module, "keras.src.ops.") {
		return Errorf(Step(class), "is the operation %s.%s, which gorae does not have", module, class).
			Fix("use a layer in its place").Coded(Unsupported)
	}
	c, _ := AsMap(m.Get("config"))
	if mode := quantized(c.Get("dtype")); mode != "" {
		if mode == int8Mode && quantizes {
			return nil
		}
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

// int8Mode is the one way to quantize that layers have which have the key quantizationKey. In Keras's files the type
// says whether a layer is quantized, and the key by which functions; here the key says both.
const (
	int8Mode        = "int8"
	quantizationKey = "quantization_config"
)

// quantizes reports whether a class has the key of a quantization.
func (r *registry) quantizes(class string) bool {
	e, ok := r.protos[fold(class)]
	if !ok {
		return false
	}
	return e.typ.Kind() == reflect.Struct && slices.ContainsFunc(items(e.typ), func(it item) bool {
		return it.field != nil && it.field.key == quantizationKey
	})
}

// asQuantized is the configuration of a class that quantizes with a quantization just where the type says so: Keras's
// own one where none is given.
func asQuantized(config any) any {
	m, ok := AsMap(config)
	if !ok {
		return config
	}
	by := m.Get(quantizationKey)
	switch quantized := quantized(m.Get("dtype")) != ""; {
	case quantized && by == nil:
		by = map[string]any{"class_name": "Int8QuantizationConfig", "config": map[string]any{}}
	case !quantized:
		by = nil
	}
	return slices.Clone(m).Set(quantizationKey, by)
}

// withPolicy is the configuration of a quantized layer with Keras's type of one.
func withPolicy(m Map) Map {
	if m.Get(quantizationKey) == nil {
		return m
	}
	return m.Set("dtype", Map{{"module", "keras.dtype_policies"}, {"class_name", "QuantizedDTypePolicy"},
		{"config", Map{{"mode", int8Mode}, {"source_name", "float32"}}}, {"registered_name", nil}})
}
