package safetensors_test

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"

	"gorae/format/safetensors"
)

// file is a file of a header and its data.
func file(header, data string) []byte {
	return append(binary.LittleEndian.AppendUint64(nil, uint64(len(header))), header+data...)
}

// TestElements: numbers of each type by their bytes; the values are calculated by hand.
func TestElements(t *testing.T) {
	for kind, c := range map[string]struct {
		data string
		want float32
	}{
		"BOOL": {"\x01", 1}, "U8": {"\xff", 255}, "I8": {"\xff", -1}, "I16": {"\xfe\xff", -2},
		"U16": {"\xfe\xff", 65534},
		"I32": {"\xfd\xff\xff\xff", -3}, "U32": {"\x00\x00\x00\x80", 1 << 31},
		"I64": {"\xfc\xff\xff\xff\xff\xff\xff\xff", -4}, "U64": {"\x00\x00\x00\x00\x00\x00\x00\x80", 1 << 63},
		"F16": {"\x00\x3e", 1.5}, "BF16": {"\x20\xc0", -2.5}, "F32": {"\x00\x00\x20\xc0", -2.5},
		"F64": {"\x00\x00\x00\x00\x00\x00\x04\x40", 2.5},
	} {
		b := file(`{"a":{"dtype":"`+kind+`","shape":[1],"data_offsets":[0,`+string(rune('0'+len(c.data)))+`]}}`, c.data)
		list, err := safetensors.Read(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			t.Errorf("%s: %v", kind, err)
			continue
		}
		x := make([]float32, 1)
		if err := list[0].Read(x); err != nil || x[0] != c.want {
			t.Errorf("%s: %v, %v; want %v", kind, x[0], err, c.want)
		}
	}
}

// hostile are headers over 8 bytes of data, and what the error says.
var hostile = map[string]string{
	`{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`: "the arrays end at byte 4, and the file has 8",
	`{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}`: "the bytes from 0 belong to no array",
	`{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},` +
		`"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}`: `array "b": it begins at byte 4, within the array before it`,
	`{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}`:                     "has more elements than the file can hold",
	`{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,8]}}`:                     "takes 4 bytes, and it has 8",
	`{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,12]}}`:                    "it ends at byte 12 of 8",
	`{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,8]}}`: "more elements than the file can hold",
	`{"a":{"dtype":"F32","shape":[-2,-1],"data_offsets":[0,8]}}`:                 "negative extent",
	`{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}`:                     "belong to no array",
	`{"a":{"dtype":"F32","shape":[2],"data_offsets":[0]}}`:                       "want two numbers",
	`{"a":{"dtype":"F8_E4M3","shape":[8],"data_offsets":[0,8]}}`:                 `the type "F8_E4M3" are not read`,
	`{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},` +
		`"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}`: `"a" is there twice`,
	`{"a":{"dtype":"F32","shape":[1e99],"data_offsets":[0,8]}}`:                     "array \"a\"",
	`{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,9223372036854775807]}}`:      "it ends at byte",
	`[` + strings.Repeat("[", 20000):                                                "no JSON object",
	`{"__metadata__":{"a":1},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}`: "cannot unmarshal number",
	`{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}} {}`:                     "more follows",
	`{"a":` + strings.Repeat(`{"a":`, 20000):                                        "the header",
}

// TestHostile: headers that lie are refused with the array and the place.
func TestHostile(t *testing.T) {
	for header, want := range hostile {
		b := file(header, "12345678")
		_, err := safetensors.Read(bytes.NewReader(b), int64(len(b)))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.80s: %v; want %q", header, err, want)
		}
	}
	for _, b := range []string{"", "1234567", strings.Repeat("\xff", 8) + "{}",
		"\x03" + strings.Repeat("\x00", 7) + "{}"} {
		if _, err := safetensors.Read(strings.NewReader(b), int64(len(b))); err == nil {
			t.Errorf("%q is read", b)
		}
	}
}

// FuzzRead: any file gives an error or arrays that can be read.
func FuzzRead(f *testing.F) {
	for header := range hostile {
		f.Add(file(header, "12345678"))
	}
	f.Add(file(`{"__metadata__":{"format":"pt"},"a":{"dtype":"F16","shape":[2,2],"data_offsets":[0,8]}}  `, "12345678"))
	f.Fuzz(func(t *testing.T, b []byte) {
		list, err := safetensors.Read(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			return
		}
		for _, a := range list {
			if err := a.Read(make([]float32, a.Shape.Size())); err != nil {
				t.Errorf("%s: %v", a.Name, err)
			}
		}
	})
}
