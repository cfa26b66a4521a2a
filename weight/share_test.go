package weight

import (
	"slices"
	"sync"
	"testing"

	"gorae/tensor"
)

// pair is a store with two layers, and one that shares the layer enc under the path base/ and has a weight of its own.
func pair(t *testing.T) (from, s *Store) {
	t.Helper()
	from = NewStore()
	for _, p := range []string{"enc/kernel", "head/kernel"} {
		if _, err := from.Add(p, Variable{Shape: tensor.Shape{3}, Trainable: true, Init: RandomNormal{}}); err != nil {
			t.Fatal(err)
		}
	}
	if err := from.Init(1); err != nil {
		t.Fatal(err)
	}
	s = NewStore()
	if err := s.Share("base/", from, "enc/"); err != nil {
		t.Fatal(err)
	}
	if s.Var("base/kernel") == nil || s.Var("base/bias") != nil || s.Var("other/kernel") != nil {
		t.Fatal("the shared variable is not found, or others are")
	}
	if _, err := s.Add("head/kernel", Variable{Shape: tensor.Shape{2}, Trainable: true, Init: Ones{}}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Add("base/kernel", Variable{Shape: tensor.Shape{3}}); err == nil {
		t.Fatal("a shared path can be declared again")
	}
	if err := s.Init(2); err != nil {
		t.Fatal(err)
	}
	return from, s
}

// TestShare: a shared variable has one value in both stores, and snapshots, clones and sessions follow it.
func TestShare(t *testing.T) {
	from, s := pair(t)
	a, b := from.Var("enc/kernel"), s.Var("base/kernel")
	if a.Variable != b.Variable || !from.Owns(a) || s.Owns(b) || len(s.Vars()) != 2 || len(s.Trainable()) != 2 {
		t.Fatal("the variable is not shared")
	}
	if a.Value.F32[0] == 0 {
		t.Error("Init of the second store changed a variable of the first one")
	}
	before, clone := s.Snapshot(), s.Clone()
	if len(before) != 16+3 || !slices.Equal(clone.Var("base/kernel").Value.F32, a.Value.F32) {
		t.Fatalf("a snapshot has %d numbers, the clone %v", len(before), clone.Var("base/kernel").Value.F32)
	}
	if err := s.Set("base/kernel", tensor.Of([]float32{7, 8, 9}, 3)); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(a.Value.F32, []float32{7, 8, 9}) || clone.Var("base/kernel").Value.F32[0] == 7 {
		t.Errorf("Set gives %v in the first store", a.Value.F32)
	}
	if err := s.Restore(before); err != nil || a.Value.F32[0] == 7 {
		t.Errorf("a restored snapshot gives %v: %v", a.Value.F32, err)
	}
	if err := clone.CopyFrom(s); err != nil {
		t.Error(err)
	}
	v, w := s.Session("base/state", tensor.Shape{2}), from.Session("enc/state", tensor.Shape{2})
	if v.Variable != w.Variable {
		t.Error("the layer has two sessions")
	}
	v.Value.F32[1] = 5
	if all := s.Sessions(); len(all) != 1 || all[0].Path != "base/state" || all[0].Value.F32[1] != 5 {
		t.Errorf("the sessions are %v", all)
	}
	if s.ResetSessions(); w.Value.F32[1] != 0 {
		t.Error("a shared session is not forgotten")
	}
	if err := s.Share("late/", from, ""); err == nil {
		t.Error("a store that is laid out shares more")
	}
	if err := NewStore().Share("early/", NewStore(), ""); err == nil {
		t.Error("a store that is not laid out is shared")
	}
}

// TestSharedLocks: whoever holds the lock of one store keeps the other one from writing, and each sees the other's
// changes in its version; stores apart do neither. Locking both in any order does not wait for ever.
func TestSharedLocks(t *testing.T) {
	from, s := pair(t)
	apart := NewStore()
	version := func(s *Store) uint64 {
		s.RLock()
		defer s.RUnlock()
		return s.Version()
	}
	write := func(s *Store) {
		s.Lock()
		defer s.Unlock()
	}
	a, b := version(from), version(s)
	write(s)
	if version(from) == a || version(s) == b {
		t.Error("a change through one store is not seen by the other one")
	}
	a = version(apart)
	write(from)
	if version(apart) != a {
		t.Error("a store apart has a new version")
	}
	k := from.Var("enc/kernel").Value.F32
	k[0] = 0
	var all sync.WaitGroup
	for _, l := range []*Locks{&from.Locks, &s.Locks, Join(from, s, apart), Join(apart, s, from)} {
		all.Go(func() {
			for range 1000 {
				l.Lock()
				k[0]++
				l.Unlock()
				l.RLock()
				_ = k[0] // the race detector sees a missing lock
				l.RUnlock()
			}
		})
	}
	all.Wait()
	if k[0] != 4000 {
		t.Errorf("4 × 1000 writers counted to %v", k[0])
	}
	if n := testing.AllocsPerRun(10, func() { version(s); write(s) }); n != 0 {
		t.Errorf("locking allocates %v times", n)
	}
}
