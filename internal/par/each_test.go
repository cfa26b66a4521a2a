package par

import (
	"sync/atomic"
	"testing"
)

// Each number comes once.
func TestEach(t *testing.T) {
	seen := make([]atomic.Int32, 1000)
	Each(len(seen), func(i int) { seen[i].Add(1) })
	for i := range seen {
		if n := seen[i].Load(); n != 1 {
			t.Errorf("%d came %d times", i, n)
		}
	}
}
