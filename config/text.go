package config

import (
	"fmt"
	"reflect"
	"strings"
)

// Text is a text of a value that equal values share and others do not: pointers are followed. It names no keys, and a
// program that asks for it links nothing that writes configurations.
func Text(x any) string {
	var b strings.Builder
	text(&b, reflect.ValueOf(x))
	return b.String()
}

func text(b *strings.Builder, v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			b.WriteString("nil")
			return
		}
		text(b, v.Elem())
	case reflect.Struct:
		fmt.Fprintf(b, "%v{", v.Type())
		for i := range v.NumField() {
			text(b, v.Field(i))
			b.WriteByte(' ')
		}
		b.WriteByte('}')
	case reflect.Slice, reflect.Array:
		b.WriteByte('[')
		for i := range v.Len() {
			text(b, v.Index(i))
			b.WriteByte(' ')
		}
		b.WriteByte(']')
	case reflect.String:
		fmt.Fprintf(b, "%q", v.String())
	default: // a number, a truth value or a map, whose keys fmt sorts
		fmt.Fprint(b, v)
	}
}
