package image

import (
	"sync/atomic"

	"gorae/internal/arrayfile"
	"gorae/tensor"
)

// disk is decoded samples in a file, where they do not fit in memory.
type disk struct {
	records *arrayfile.Records
	full    atomic.Bool // it takes no more
}

// mostOnDisk is the greatest size of all samples on the disk, as a share of the size of the cache.
const mostOnDisk = 0.5

// onDisk returns a file for n samples of a size in bytes; nil where there is no cache, or too little room in it.
func (o *Options) onDisk(name string, n, size int) *disk {
	if o.Disk == nil || o.Cache < 0 || float64(n)*float64(size) > mostOnDisk*float64(o.Disk.Size()) {
		return nil
	}
	r := o.Disk.Records(name, n, size)
	if r == nil {
		return nil
	}
	return &disk{records: r}
}

// values returns the bytes of a sample, in the same memory.
func values(t tensor.Tensor) []byte {
	if t.U8 != nil {
		return t.U8
	}
	return arrayfile.Bytes(t.F32)
}

// take copies sample i, which is kept.
func (d *disk) take(i int, to tensor.Tensor) error {
	return d.records.Read(i, func(b []byte) { copy(values(to), b) })
}

// keep writes sample i, and reports whether it is kept.
func (d *disk) keep(i int, from tensor.Tensor) bool {
	if d.full.Load() {
		return false
	}
	err := d.records.Write(i, values(from))
	d.full.Store(err != nil)
	return err == nil
}
