package source

import "fmt"

// Formats that this package knows only to say what they are. A package that reads one registers it under the same name.
func init() {
	for _, f := range []struct {
		name, what string
		magic      []string
		extensions []string
	}{
		{"parquet", "a Parquet file", []string{"PAR1"}, []string{".parquet"}},
		{"picture", "one picture", []string{"\x89PNG", "\xff\xd8\xff"}, []string{".png", ".jpg", ".jpeg"}},
		{"hdf5", "an HDF5 file", []string{"\x89HDF"}, []string{".h5"}},
		{"pdf", "a PDF file", []string{"%PDF"}, nil},
		{"xls", "an old Excel file, or one with a password", []string{"\xd0\xcf\x11\xe0"}, []string{".xls"}},
		{"xlsx", "an Excel file", nil, []string{".xlsx"}},
		{"arrow", "an Arrow file", []string{"ARROW1", "FEA1", "\xff\xff\xff\xff"},
			[]string{".arrow", ".arrows", ".feather", ".ipc"}},
		{"bzip2", "a bzip2 file", []string{"BZh"}, nil},
		{"xz", "an xz file", []string{"\xfd7zXZ"}, nil},
		{"model", "a model", nil, []string{".keras"}},
		{"json", "a JSON file", nil, []string{".json"}},
		{"yaml", "a YAML file", nil, []string{".yaml", ".yml"}},
		{"pickle", "a Python pickle", nil, []string{".pkl"}},
	} {
		is := begins(f.magic...)
		Register(Format{
			mere: true, Name: f.name, Title: f.what, Extensions: f.extensions, Sniff: magic(is),
			refuse: func(i *Info) error {
				if !is(i.Head()) {
					return misnamed(i)
				}
				return fmt.Errorf("%s: %s; %s", i.Name, f.what, remedy())
			},
		})
	}
	Register(Format{
		mere: true, Name: "zip", Title: "a zip file", Extensions: []string{".zip"}, Sniff: func(i *Info) Score {
			if isZip(i.Head()) {
				return Magic - 1 // .npz files are zip files too
			}
			return None
		},
		refuse: func(i *Info) error {
			if !isZip(i.Head()) {
				return misnamed(i)
			}
			return fmt.Errorf("%s: a zip file; unpack it, or name it .npz if it holds NumPy arrays", i.Name)
		},
	})
}
