// Package fetch gets published data sets: files whose SHA-256 is known beforehand, from the network or from a mirror.
//
// A file is written beside its place under another name (mnist.npz.part) and gets its name once all of it is there and
// its hash is right. What has arrived stays where a transfer ends early, and the next one goes on behind it (HTTP's
// Range).
package fetch

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"

	"gorae/internal/file"
	"gorae/internal/spell"
)

// File is a published file.
type File struct {
	Name   string `json:"name"` // by which it is asked for
	URL    string `json:"url"`
	SHA256 string `json:"sha256"` // in hexadecimal digits
	About  string `json:"about"`
}

// The data sets of Keras whose SHA-256 its own source states (keras/src/datasets, version 3.15).
const keras = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"

var files = []File{
	{"boston_housing", keras + "boston_housing.npz", "f553886a1f8d56431e820c5b82552d9d95cfcb96d1e678153f8839538947dff5",
		"506 tracts of Boston, 13 numbers each, and the median price of their houses"},
	{"california_housing", keras + "california_housing.npz",
		"1a2e3a52e0398de6463aebe6f4a8da34fb21fbb6b934cf88c3425e766f2a1a6f",
		"20,640 districts of California, 8 numbers each, and the median price of their houses"},
	{"cifar10", "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz",
		"6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce",
		"60,000 pictures of 32 × 32 points in 10 classes; Python's pickles in a tar file, for other programs"},
	{"cifar100", "https://www.cs.toronto.edu/~kriz/cifar-100-python.tar.gz",
		"85cd44d02ba6437773c5bbd22e183051d648de2e7d6b014e1ef29b855ba677a7",
		"60,000 pictures of 32 × 32 points in 100 classes; Python's pickles in a tar file, for other programs"},
	{"imdb", keras + "imdb.npz", "69664113be75683a8fe16e3ed0ab59fda8886cb3cd7ada244f7d9544e4676b9f",
		"50,000 reviews of films as ids of words, and whether they are good"},
	{"mnist", keras + "mnist.npz", "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1",
		"70,000 handwritten digits of 28 × 28 points"},
	{"reuters", keras + "reuters.npz", "d6586e694ee56d7a4e65172e12b3e987c03096cb01eab99753921ef915959916",
		"11,228 newswires as ids of words, in 46 topics"},
}

// Files lists the files, by name.
func Files() []File { return append([]File(nil), files...) }

// Find returns the file of a name.
func Find(name string) (File, error) {
	var names []string
	for _, f := range files {
		if f.Name == name {
			return f, nil
		}
		names = append(names, f.Name)
	}
	hint := spell.Hint(name, names)
	if hint == "" {
		hint = "; there are " + strings.Join(names, ", ")
	}
	return File{}, fmt.Errorf("%s: no data set of this name%s", name, hint)
}

// Base is the name of the file as it is published: mnist.npz.
func (f File) Base() string { return path.Base(f.URL) }

// Request is what to get, and where to.
type Request struct {
	File
	Path string // of the file that is written; "": Base in the present directory
	From string // a folder, or the beginning of a URL, that has the file as Base; "": URL
	// Progress is told how many bytes there are, and of how many; total is −1 where that is not known. Nil: nobody is.
	Progress func(done, total int64)

	open func(path string) (file.Growing, error)
}

// most is the number of bytes that a file may have.
const most = 1 << 31

// Get gets the file. There reports that it was there already, whole.
func (r Request) Get(ctx context.Context) (at string, there bool, err error) {
	if r.Path == "" {
		r.Path = r.Base()
	}
	if r.Progress == nil {
		r.Progress = func(int64, int64) {}
	}
	if r.open == nil {
		r.open = file.Grow
	}
	target, former, err := file.Target(r.Path)
	if err != nil {
		return "", false, err
	}
	if former != nil {
		if sum, err := hashOf(ctx, target); err != nil {
			return "", false, err
		} else if sum != r.SHA256 {
			return "", false, fmt.Errorf("%s: a file of another content is there; remove it, or name another with "+
				"--output", r.Path)
		}
		return r.Path, true, nil
	}
	if err := r.into(ctx, target); err != nil {
		return "", false, err
	}
	return r.Path, false, file.Grown(target)
}

// into writes all of the file that is to become target, but for its name.
func (r *Request) into(ctx context.Context, target string) (err error) {
	f, err := r.open(target)
	if err != nil {
		return err
	}
	name := target + file.GrowingEnd
	keep := true
	defer func() {
		if cerr := f.Close(); err == nil && cerr != nil {
			err = fmt.Errorf("%s: not written: %w", name, file.Cause(cerr))
		}
		if !keep {
			file.Outgrown(target)
		}
	}()
	for again := false; ; again = true {
		sum := sha256.New()
		n, err := io.Copy(sum, f)
		if err != nil {
			return fmt.Errorf("%s: cannot be read: %w; remove it", name, file.Cause(err))
		}
		begun := n > 0
		if n, err = r.transfer(ctx, f, sum, n); err != nil {
			keep = n > 0
			return err
		}
		if hex.EncodeToString(sum.Sum(nil)) == r.SHA256 {
			break
		}
		// The part that was there may be another file's.
		if err := restart(f); err != nil {
			return fmt.Errorf("%s: not written: %w", name, file.Cause(err))
		}
		if again || !begun {
			keep = false
			return fmt.Errorf("%s: what came from %s has another SHA-256 than the published file; it is not kept; "+
				"name another mirror with --from", r.Name, r.origin())
		}
	}
	if err := f.Sync(); err != nil {
		return fmt.Errorf("%s: not written: %w", name, file.Cause(err))
	}
	return nil
}

// restart empties a file.
func restart(f file.Growing) error {
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	return f.Truncate(0)
}

// origin is where the file comes from.
func (r *Request) origin() string {
	switch {
	case r.From == "":
		return r.URL
	case isURL(r.From):
		return strings.TrimSuffix(r.From, "/") + "/" + r.Base()
	}
	return filepath.Join(r.From, r.Base())
}

func isURL(s string) bool { return strings.HasPrefix(s, "http://") || strings.HasPrefix(s, "https://") }

// transfer appends what comes from the n-th byte on to f and sum, and returns how many bytes there are.
func (r *Request) transfer(ctx context.Context, f file.Growing, sum hash.Hash, n int64) (int64, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	body, from, total, err := r.source(ctx, n)
	if err != nil {
		return n, err
	}
	if body == nil { // all of it is there
		return n, nil
	}
	defer func() { _ = body.Close() }() // it was only read
	if from != n {
		if err := restart(f); err != nil {
			return 0, fmt.Errorf("%s: not written: %w", r.Path+file.GrowingEnd, file.Cause(err))
		}
		sum.Reset()
		n = 0
	}
	late := newTimer(cancel)
	defer late.stop()
	buf := make([]byte, 1<<16)
	for {
		r.Progress(n, total)
		late.again()
		k, rerr := body.Read(buf)
		if k > 0 {
			sum.Write(buf[:k])
			m, err := f.Write(buf[:k])
			if n += int64(m); err != nil {
				return n, fmt.Errorf("%s: not written: %w; what has come is kept, make room and say it again",
					r.Path+file.GrowingEnd, file.Cause(err))
			}
		}
		switch {
		case n > most:
			return 0, fmt.Errorf("%s: more than %d MB from %s; it is not kept", r.Name, most>>20, r.origin())
		case rerr == io.EOF && (total < 0 || n >= total):
			r.Progress(n, total)
			return n, nil
		case rerr != nil:
			if err := context.Cause(ctx); err != nil {
				rerr = err
			}
			if errors.Is(rerr, context.Canceled) {
				return n, rerr
			}
			return n, r.unreachable(rerr)
		}
	}
}

// hashOf returns the SHA-256 of a file.
func hashOf(ctx context.Context, name string) (string, error) {
	f, err := os.Open(name)
	if err != nil {
		return "", file.OpenError(name, err)
	}
	defer func() { _ = f.Close() }() // it was only read
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return "", fmt.Errorf("%s: cannot be read: %w", name, file.Cause(err))
	}
	return hex.EncodeToString(sum.Sum(nil)), ctx.Err()
}
