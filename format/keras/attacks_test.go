package keras_test

import (
	"archive/zip"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gorae/format/keras"
	"gorae/hdf5"
)

// TestAttacks rebuilds three attacks on Keras's own loader as files: each makes Keras carry out what the file says, and
// here is refused by the name of what it asks for.
//
// Sources: CVE-2025-1550 (a function of any module as a layer of a functional model), CVE-2025-9906 (a configuration
// that allows unsafe deserialization before its Lambda is read), CVE-2025-9905 (safe_mode is not heeded for .h5 files).
func TestAttacks(t *testing.T) {
	mark := filepath.Join(t.TempDir(), "carried-out")
	code := fmt.Sprintf("__import__('os').system('touch %s')", mark)
	call := `{"module": "builtins", "class_name": "function", "config": "exec", "registered_name": "function",
		"name": "f", "inbound_nodes": [{"args": [` + fmt.Sprintf("%q", code) + `], "kwargs": {}}]}`
	allow := `{"module": "keras.config", "class_name": "function", "config": "enable_unsafe_deserialization",
		"registered_name": "function", "name": "allow", "inbound_nodes": [{"args": [], "kwargs": {}}]}`
	lambda := `{"module": "keras.layers", "class_name": "Lambda", "registered_name": null, "name": "l",
		"config": {"name": "l", "trainable": true, "function": {"class_name": "__lambda__", "config": {"code": "` +
		base64.StdEncoding.EncodeToString([]byte("marshalled "+code)) + `", "defaults": null, "closure": null}},
		"arguments": {}}, "inbound_nodes": [{"args": [{"class_name": "__keras_tensor__", "config": {"shape": [null, 3],
		"dtype": "float32", "keras_history": ["in", 0, 0]}}], "kwargs": {}}]}`
	model := func(last string, layers ...string) string {
		input := `{"module": "keras.layers", "class_name": "InputLayer", "registered_name": null, "name": "in",
			"config": {"batch_shape": [null, 3], "dtype": "float32", "name": "in"}, "inbound_nodes": []}`
		return `{"module": "keras", "class_name": "Functional", "registered_name": "Functional", "config": {"name": "m",
			"trainable": true, "layers": [` + strings.Join(append([]string{input}, layers...), ",") + `],
			"input_layers": [["in", 0, 0]], "output_layers": [["` + last + `", 0, 0]]}}`
	}
	archive := func(config string) []byte {
		var all []member
		for _, m := range members(t, smallFile(t)) {
			if m.name == "config.json" {
				m = member{m.name, []byte(config), zip.Deflate}
			}
			all = append(all, m)
		}
		return pack(t, all)
	}
	for _, c := range []struct {
		name string
		file []byte
		want string
	}{
		{"CVE-2025-1550", archive(model("f", call)), `"f" is the Python function builtins.exec`},
		{"CVE-2025-9906", archive(model("allow", allow, lambda)), "keras.config.enable_unsafe_deserialization"},
		{"CVE-2025-9906, the Lambda", archive(model("l", allow, lambda)), `"l" is a Lambda`},
		{"CVE-2025-9905", h5(t, &hdf5.Node{Attrs: map[string]any{"keras_version": "2.15.0",
			"model_config": model("l", lambda)}}), `"l" is a Lambda`},
	} {
		err := load(c.file)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v; want an error that names %s", c.name, err, c.want)
		}
		if _, err := keras.ReadMember(strings.NewReader(string(c.file)), int64(len(c.file)), "none"); err == nil {
			t.Errorf("%s: a member that is not there", c.name)
		}
	}
	if _, err := os.Stat(mark); err == nil {
		t.Error("what a file said was carried out")
	}
}
