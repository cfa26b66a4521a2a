package layer

import "reflect"

// SetTrainable returns a copy of a layer that is frozen (false) or not (true), with all layers and cells within it. A
// layer that writes its configuration itself, as a model, and one without Base come back as they are.
func SetTrainable(l Layer, on bool) Layer {
	v := setTrainable(reflect.ValueOf(l), on)
	return v.Interface().(Layer)
}

var (
	baseType  = reflect.TypeFor[Base]()
	layerType = reflect.TypeFor[Layer]()
	cellType  = reflect.TypeFor[Cell]()
)

// setTrainable changes a copy of a layer or cell.
func setTrainable(v reflect.Value, on bool) reflect.Value {
	t := v.Type()
	pointer := t.Kind() == reflect.Pointer
	if pointer {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || pointer && v.IsNil() {
		return v
	}
	if f, ok := t.FieldByName("Base"); !ok || f.Type != baseType {
		return v
	}
	p := reflect.New(t)
	p.Elem().Set(reflect.Indirect(v))
	p.Elem().FieldByName("Base").FieldByName("Frozen").SetBool(!on)
	for i := range t.NumField() {
		if t.Field(i).IsExported() {
			setWithin(p.Elem().Field(i), on)
		}
	}
	if pointer {
		return p
	}
	return p.Elem()
}

// setWithin changes a field that holds a layer, a cell, or a list of them.
func setWithin(f reflect.Value, on bool) {
	switch t := f.Type(); {
	case (t == layerType || t == cellType) && !f.IsNil():
		f.Set(setTrainable(f.Elem(), on))
	case t.Kind() == reflect.Slice && (t.Elem() == layerType || t.Elem() == cellType) && !f.IsNil():
		list := reflect.MakeSlice(t, f.Len(), f.Len())
		for i := range f.Len() {
			if e := f.Index(i); !e.IsNil() {
				list.Index(i).Set(setTrainable(e.Elem(), on))
			}
		}
		f.Set(list)
	}
}
