package sequence

import "gorae/data/source"

func init() {
	source.Register(source.Format{Name: "ts", Title: "a .ts file of sequences", Extensions: []string{".ts"}})
	source.Register(source.Format{
		Name: "zip", Title: "a zip file of sequences", Extensions: []string{".zip"},
		Sniff: func(i *source.Info) source.Score {
			if source.IsZip(i.Head()) {
				return source.Magic - 1 // .npz files are zip files too
			}
			return source.None
		},
	})
	source.Register(source.Format{
		Name: "sequences", Title: "a folder of sequences",
		Sniff: func(i *source.Info) source.Score {
			if fsys, err := i.Files(); err == nil && mostlyTables(fsys) {
				return source.Likely + 10 // pictures may lie among them
			}
			return source.None
		},
	})
}
