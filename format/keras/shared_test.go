package keras_test

import (
	"context"
	"math"
	"os"
	"path/filepath"
	"testing"

	"gorae/data"
	"gorae/format/keras"
	"gorae/model"
	"gorae/tensor"
)

// shared is a file of the folder of real models and data.
func shared(t *testing.T, path string) string {
	t.Helper()
	dir := os.Getenv("GORAE_SHARED")
	if dir == "" {
		t.Skip("GORAE_SHARED is not set: the real models are not here")
	}
	return filepath.Join(dir, path)
}
