package config

import "reflect"

// Keys lists the keys of the struct that x is or points to, in their order.
func Keys(x any) []string {
	t := reflect.TypeOf(x)
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	var keys []string
	for _, it := range items(t) {
		if it.field != nil {
			keys = append(keys, it.field.key)
		}
	}
	return keys
}
