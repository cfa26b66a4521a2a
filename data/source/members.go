package source

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"gorae/data"
	"gorae/internal/gz"
	"gorae/internal/zipfile"
)

// mostMembers bounds the directory of a zip file in which a member is looked for.
const mostMembers = 1 << 16

// findWithin looks up what is no path of a file system by itself: a file in a zip file (qc.zip/qc/train.txt), and
// several files by a pattern of [path.Match] (plots/*.txt, reviews.zip/*/*.txt), whose lines become rows of two
// columns, file and text. ok is false for other paths.
func findWithin(name string, o Options) (found Found, ok bool, err error) {
	slashed := filepath.ToSlash(name)
	archive, member, packed := cutArchive(slashed)
	switch {
	case packed:
		member, err = path.Clean(member), nil
		if !matches(member) {
			return Found{Name: path.Base(member), Stream: func() (io.ReadCloser, error) {
				return openMember(archive, member, o)
			}}, true, existsMember(archive, member, o)
		}
		found, err = severalOf(archive, member, o)
		return found, true, err
	case matches(slashed):
		found, err = severalOf("", slashed, o)
		return found, true, err
	}
	return Found{}, false, nil
}

// cutArchive parts the path of a zip file from that of a file in it.
func cutArchive(name string) (archive, member string, ok bool) {
	at := strings.Index(strings.ToLower(name), ".zip/")
	if at < 0 || at+len(".zip/") == len(name) {
		return "", "", false
	}
	return name[:at+len(".zip")], name[at+len(".zip/"):], true
}

// matches reports whether a path is a pattern of several.
func matches(name string) bool { return strings.ContainsAny(name, "*?[") }

// withArchive calls do with a zip file.
func withArchive(name string, o Options, do func(z *zip.Reader) error) error {
	var f fs.File
	var err error
	if o.FS != nil {
		f, err = o.FS.Open(name)
	} else {
		f, err = os.Open(filepath.FromSlash(name))
	}
	if err != nil {
		return data.FileError(name, err)
	}
	defer func() { _ = f.Close() }() // it was only read
	st, err := f.Stat()
	if err != nil {
		return data.FileError(name, err)
	}
	at, ok := f.(io.ReaderAt)
	if !ok {
		all, err := io.ReadAll(f)
		if err != nil {
			return data.FileError(name, err)
		}
		at = bytes.NewReader(all)
	}
	z, err := zipfile.Open(at, st.Size(), mostMembers)
	var many *zipfile.ManyError
	if errors.As(err, &many) {
		return fmt.Errorf("%s: %w", name, many)
	}
	if err != nil {
		return fmt.Errorf("%s: no zip file that can be read: %w; copy it again", name, err)
	}
	if zipfile.Encrypted(z) {
		return fmt.Errorf("%s: its files are encrypted; unpack it with its password", name)
	}
	return do(z)
}

// memberOf returns a file of a zip file.
func memberOf(z *zip.Reader, archive, member string) (*zip.File, error) {
	var names []string
	for _, f := range z.File {
		if !f.FileInfo().IsDir() {
			if f.Name == member {
				return f, nil
			}
			names = append(names, f.Name)
		}
	}
	return nil, fmt.Errorf("%s: no file %s in it; it has %s", archive, member, some(names))
}

// some lists names, of many the first ones.
func some(names []string) string {
	const most = 5
	if len(names) == 0 {
		return "none"
	}
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d others", strings.Join(names[:most], ", "), len(names)-most)
}

func existsMember(archive, member string, o Options) error {
	return withArchive(archive, o, func(z *zip.Reader) error {
		_, err := memberOf(z, archive, member)
		return err
	})
}

// soleMember returns the file of a zip file that holds one alone, such as a table that was packed for sending. Folders
// and what macOS adds (__MACOSX) are no files. A lone .ts file is read as sequences, which a reader of zip files does.
func soleMember(name string, o Options) (member string, ok bool) {
	err := withArchive(name, o, func(z *zip.Reader) error {
		for _, f := range z.File {
			switch {
			case f.FileInfo().IsDir() || strings.HasPrefix(f.Name, "__MACOSX/"):
			case ok:
				ok = false
				return nil
			default:
				member, ok = f.Name, true
			}
		}
		return nil
	})
	return member, ok && err == nil && path.Ext(strings.ToLower(member)) != ".ts"
}

// openMember opens a file of a zip file; its content is held in memory.
func openMember(archive, member string, o Options) (io.ReadCloser, error) {
	var all []byte
	err := withArchive(archive, o, func(z *zip.Reader) error {
		f, err := memberOf(z, archive, member)
		if err == nil {
			all, err = contentOf(archive, f)
		}
		return err
	})
	return io.NopCloser(bytes.NewReader(all)), err
}

// mostUnpacked is the greatest number of bytes of a file in a zip file.
const mostUnpacked = 1 << 30

// contentOf unpacks a file of a zip file.
func contentOf(archive string, f *zip.File) ([]byte, error) {
	r, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("%s: %s: %w; copy the zip file again", archive, f.Name, err)
	}
	defer func() { _ = r.Close() }() // it was only read
	all, err := io.ReadAll(io.LimitReader(r, mostUnpacked+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s: %s: %w; copy the zip file again", archive, f.Name, err)
	case len(all) > mostUnpacked:
		return nil, fmt.Errorf("%s: %s: more than %d MB; unpack it", archive, f.Name, mostUnpacked>>20)
	}
	return all, nil
}

// severalOf finds the files of a pattern, in a zip file or, without one, in the file system.
func severalOf(archive, match string, o Options) (Found, error) {
	if _, err := path.Match(match, ""); err != nil {
		return Found{}, fmt.Errorf("%s: the pattern: %w", match, err)
	}
	read := func() (names []string, contents [][]byte, err error) {
		add := func(name string, content []byte, err error) error {
			names, contents = append(names, name), append(contents, content)
			return err
		}
		if archive != "" {
			err = withArchive(archive, o, func(z *zip.Reader) error {
				for _, f := range sorted(z.File) {
					if is, _ := path.Match(match, f.Name); is && !f.FileInfo().IsDir() {
						content, err := contentOf(archive, f)
						if err := add(f.Name, content, err); err != nil {
							return err
						}
					}
				}
				return nil
			})
			return names, contents, err
		}
		found, readFile := []string(nil), os.ReadFile
		if o.FS != nil {
			found, err = fs.Glob(o.FS, match)
			readFile = func(name string) ([]byte, error) { return fs.ReadFile(o.FS, name) }
		} else {
			found, err = filepath.Glob(filepath.FromSlash(match))
		}
		for _, name := range found {
			if err == nil {
				content, cause := readFile(name)
				if cause != nil {
					cause = data.FileError(name, cause)
				}
				err = add(filepath.ToSlash(name), content, cause)
			}
		}
		return names, contents, err
	}
	names, _, err := read()
	if err == nil && len(names) == 0 {
		err = fmt.Errorf("%s: %w: no file is named so; check the path", path.Join(archive, match), fs.ErrNotExist)
	}
	name := path.Base(match)
	if archive != "" { // of which a pattern alone says too little
		name = path.Base(filepath.ToSlash(archive)) + "/" + name
	}
	return Found{Name: name, Stream: func() (io.ReadCloser, error) {
		names, contents, err := read()
		if err != nil {
			return nil, err
		}
		table, err := lines(names, contents)
		return io.NopCloser(strings.NewReader(table)), err
	}}, err
}

func sorted(files []*zip.File) []*zip.File {
	return slices.SortedFunc(slices.Values(files), func(a, b *zip.File) int { return strings.Compare(a.Name, b.Name) })
}

// lines returns a table between tabs of the lines of files, blank ones left out, with the columns file and text. A file
// is called by the last part of its name, or where two have the same by all of it.
func lines(names []string, contents [][]byte) (string, error) {
	short, seen := make([]string, len(names)), map[string]bool{}
	twice := false
	for i, n := range names {
		short[i] = path.Base(n)
		twice = twice || seen[short[i]]
		seen[short[i]] = true
	}
	if twice {
		short = names
	}
	var b strings.Builder
	b.WriteString("file\ttext\n")
	for i, content := range contents {
		r, err := gz.Reader(bytes.NewReader(content), headSize)
		if err != nil {
			return "", fmt.Errorf("%s: %w", names[i], err)
		}
		all, err := io.ReadAll(io.LimitReader(r, mostUnpacked))
		if err != nil {
			return "", fmt.Errorf("%s: %w", names[i], err)
		}
		for line := range strings.Lines(string(all)) {
			line = strings.TrimSpace(strings.ReplaceAll(strings.TrimPrefix(line, "\ufeff"), "\t", " "))
			if line != "" {
				b.WriteString(short[i] + "\t" + line + "\n")
			}
		}
	}
	return b.String(), nil
}
