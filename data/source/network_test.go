package source

import (
	"io"
	"strings"
	"testing"
)

// A scheme of the network is opened where the caller allows it alone; a URL of no scheme is refused in any case.
func TestNoNetwork(t *testing.T) {
	former := schemes
	defer func() { schemes = former }()
	opened := 0
	RegisterScheme(Scheme{Name: "test", Prefix: "test://", Network: true, Find: func(string, Options) (Found, error) {
		opened++
		return Found{Name: "x.csv", Stream: func() (io.ReadCloser, error) {
			return io.NopCloser(strings.NewReader("a,b\n1,2\n")), nil
		}}, nil
	}})
	_, err := Open("test://host/x.csv", Options{NoNetwork: true})
	if err == nil || !strings.Contains(err.Error(), "give --allow-network") || opened != 0 {
		t.Errorf("%v, opened %d times", err, opened)
	}
	// Files of labels and other siblings are asked for in the same way.
	i, err := Find("embed:iris", Options{NoNetwork: true})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := i.Sibling("test://host/labels.csv"); err == nil || opened != 0 {
		t.Errorf("a sibling: %v, opened %d times", err, opened)
	}
	if s, err := Open("test://host/x.csv", Options{}); err != nil || s.Table.Rows != 1 {
		t.Errorf("allowed: %v", err)
	}
	if _, err := Open("https://host/x.csv", Options{}); err == nil ||
		!strings.Contains(err.Error(), "URLs of this kind") {
		t.Error(err)
	}
	for name, want := range map[string]bool{"test://x": true, "https://x": true, "sqlite+ro://x": true,
		"a/b.csv":   false,
		`C:\\x.csv`: false, "embed:iris": false, "-": false} {
		if Remote(name) != want {
			t.Errorf("%s: %v", name, !want)
		}
	}
}
