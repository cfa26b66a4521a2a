package board

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"gorae/internal/file"
)

// NotesFile is the file in the folder that holds what people say of runs.
const NotesFile = "board.json"

// mostNote bounds a note, in bytes.
const mostNote = 10_000

// notes is what people say of runs. Every change is written at once.
type notes struct {
	path string
	lock sync.Mutex
	of   map[string]note
}

type note struct {
	Text   string `json:"note,omitempty"`
	Hidden bool   `json:"hidden,omitempty"`
}

// readNotes reads the notes of a folder; a folder without the file has none.
func readNotes(dir string) (*notes, error) {
	n := &notes{path: filepath.Join(dir, NotesFile), of: map[string]note{}}
	b, err := os.ReadFile(n.path)
	if errors.Is(err, fs.ErrNotExist) {
		return n, nil
	} else if err != nil {
		return nil, file.OpenError(n.path, err)
	}
	if err := json.Unmarshal(b, &n.of); err != nil {
		return nil, fmt.Errorf("%s: %w; mend it or remove it", n.path, err)
	}
	return n, nil
}

// change changes the note of a run and writes the file.
func (n *notes) change(id string, how func(*note)) error {
	n.lock.Lock()
	defer n.lock.Unlock()
	was, had := n.of[id]
	is := was
	how(&is)
	if n.of[id] = is; is == (note{}) {
		delete(n.of, id)
	}
	b, err := json.MarshalIndent(n.of, "", "  ")
	if err == nil {
		err = file.Replace(n.path, func(w io.Writer) error {
			_, err := w.Write(append(b, '\n'))
			return err
		})
	}
	if err != nil {
		if delete(n.of, id); had {
			n.of[id] = was
		}
	}
	return err
}

// put sets the notes of runs.
func (n *notes) put(runs []Run) {
	n.lock.Lock()
	defer n.lock.Unlock()
	for i := range runs {
		x := n.of[runs[i].ID]
		runs[i].Note, runs[i].Hidden = x.Text, x.Hidden
	}
}
