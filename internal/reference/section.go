package reference

import (
	"reflect"

	"gorae/config"
	"gorae/prep"
)

// section is the topic of the keys of a section of the experiment file. The section x points to holds those that tasks
// have registered too.
func section(word, title string, x any) Topic {
	infos := config.Describe(x)
	t := Topic{Word: word, Title: title, Thing: "key of " + word, Section: true, types: typesOf(infos)}
	for _, k := range infos {
		t.Names = append(t.Names, k.Key)
		t.types = append(t.types, below(k.Type)...)
	}
	t.also = among(t.Names)
	t.find = func(p Prose, name string) Entry {
		info := infoOf(infos, name)
		key := Key{info, p.meaning(info)}
		e := Entry{Word: name, Topic: word, Thing: t.Thing, Key: &key, Summary: key.Text}
		of := base(info.Type)
		if of.PkgPath() != "" && (of.Kind() == reflect.Struct || info.Form == config.Snake(of.Name())) {
			e.Doc = p.text(of)
		}
		if e.Summary == "" {
			e.Summary = e.Doc.Summary()
		}
		e.Groups = p.groups(word+"."+name, info.Type)
		line := config.Map{{Key: name, Value: sampleOf(word, info)}}
		if whole, ok := line[0].Value.(config.Map); ok && whole.Get(name) != nil { // a key that needs another
			line = whole
		}
		e.YAML = word + ": " + flow(line)
		return e
	}
	return t
}

func infoOf(infos []config.KeyInfo, key string) config.KeyInfo {
	for _, k := range infos {
		if k.Key == key {
			return k
		}
	}
	return config.KeyInfo{}
}

// inner is the struct that is written as the value of a key: of features, that of a column.
func inner(t reflect.Type) reflect.Type {
	if t = base(t); t.Kind() == reflect.Struct && t.Name() == "Features" {
		return reflect.TypeFor[prep.Spec]()
	}
	return t
}

// groups are the keys of the map that is written for a type, and of the maps in it.
func (p Prose) groups(path string, t reflect.Type) []Group {
	of := inner(t)
	if of.Kind() != reflect.Struct {
		return nil
	}
	if of != base(t) {
		path += ".COLUMN"
	}
	infos := config.Describe(reflect.New(of).Interface())
	if len(infos) == 0 {
		return nil
	}
	groups := []Group{{path, p.text(of), p.keys(infos)}}
	for _, k := range infos {
		groups = append(groups, p.groups(path+"."+k.Key, k.Type)...)
	}
	return groups
}

// below lists the structs within the value of a key.
func below(t reflect.Type) []reflect.Type {
	of := inner(t)
	if of.Kind() != reflect.Struct {
		return nil
	}
	infos := config.Describe(reflect.New(of).Interface())
	types := append([]reflect.Type{of}, typesOf(infos)...)
	for _, k := range infos {
		types = append(types, below(k.Type)...)
	}
	return types
}
