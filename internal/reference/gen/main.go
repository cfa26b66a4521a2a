// Command gen writes the doc comments that package reference needs into its prose.json.gz, and the pages of
// docs/reference.
package main

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"encoding/json"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"gorae/internal/lang"
	"gorae/internal/reference"
	_ "gorae/task/all"
)

func main() {
	root := flag.String("root", ".", "folder of the module")
	flag.Parse()
	if err := write(*root); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

// write makes prose.json.gz and the pages.
func write(root string) error {
	docs, err := read(root, reference.Types())
	if err != nil {
		return err
	}
	var b bytes.Buffer
	packed, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return err
	}
	e := json.NewEncoder(packed)
	e.SetEscapeHTML(false)
	if err := cmp.Or(e.Encode(docs), packed.Close()); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(root, "internal/reference/prose.json.gz"), b.Bytes(), 0o644); err != nil {
		return err
	}
	for _, l := range lang.Languages() {
		prose, err := reference.In(lang.Language(l))
		if err != nil {
			return err
		}
		prose.Docs = docs
		if err := writePages(filepath.Join(root, "docs/reference", reference.Folder(lang.Language(l))),
			reference.Pages(prose)); err != nil {
			return err
		}
	}
	return nil
}

// writePages writes the pages of a language into a folder, and removes others.
func writePages(dir string, pages map[string]string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	old, err := filepath.Glob(filepath.Join(dir, "*.md"))
	if err != nil {
		return err
	}
	for _, path := range old {
		if _, ok := pages[filepath.Base(path)]; !ok {
			if err := os.Remove(path); err != nil {
				return err
			}
		}
	}
	for name, page := range pages {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(page), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// read returns the doc comments of the types and functions of the names, which are import paths with a name.
func read(root string, names []string) (map[string]reference.Doc, error) {
	wanted, dirs := map[string]bool{}, map[string]bool{}
	for _, n := range names {
		wanted[n] = true
		dirs[n[:strings.LastIndexByte(n, '.')]] = true
	}
	docs := map[string]reference.Doc{}
	for pkg := range dirs {
		dir := filepath.Join(root, strings.TrimPrefix(pkg, "gorae/"))
		files, err := fs.Glob(os.DirFS(dir), "*.go")
		if err != nil {
			return nil, err
		}
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			f, err := parser.ParseFile(token.NewFileSet(), filepath.Join(dir, name), nil, parser.ParseComments)
			if err != nil {
				return nil, err
			}
			for _, d := range f.Decls {
				declared(d, func(name string, doc reference.Doc) {
					if n := pkg + "." + name; wanted[n] {
						docs[n] = doc
					}
				})
			}
		}
	}
	for _, n := range names {
		if _, ok := docs[n]; !ok {
			return nil, fmt.Errorf("%s is declared nowhere", n)
		}
	}
	return docs, nil
}

// declared gives the doc comments of what a declaration declares.
func declared(d ast.Decl, give func(name string, doc reference.Doc)) {
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Recv == nil {
			give(d.Name.Name, reference.Doc{Doc: d.Doc.Text()})
		}
	case *ast.GenDecl:
		for _, s := range d.Specs {
			t, ok := s.(*ast.TypeSpec)
			if !ok {
				continue
			}
			text := t.Doc.Text()
			if text == "" {
				text = d.Doc.Text()
			}
			give(t.Name.Name, reference.Doc{Doc: text, Fields: fields(t.Type)})
		}
	}
}

// fields are the comments of a struct's fields: above them, or else behind them.
func fields(t ast.Expr) map[string]string {
	s, ok := t.(*ast.StructType)
	if !ok {
		return nil
	}
	m := map[string]string{}
	for _, f := range s.Fields.List {
		text := f.Doc.Text()
		if text == "" {
			text = f.Comment.Text()
		}
		for _, n := range f.Names {
			if text != "" && n.IsExported() {
				m[n.Name] = text
			}
		}
	}
	return m
}
