//go:build judge

package judge

import (
	"bufio"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"gorae/tensor"
)

// python is one process that answers all questions of the tests: TensorFlow takes seconds to start.
type python struct {
	lock    sync.Mutex
	in      io.WriteCloser
	out     *bufio.Reader
	process *exec.Cmd
}

var (
	judges  *python
	started sync.Once
	fault   error
)

// TestMain ends the process after the tests.
func TestMain(m *testing.M) {
	code := m.Run()
	if judges != nil {
		judges.in.Close()
		judges.process.Wait()
	}
	os.Exit(code)
}

// judge is the process, started by the first test that asks.
func judge(t testing.TB) *python {
	t.Helper()
	started.Do(func() { judges, fault = start() })
	if fault != nil {
		t.Fatal(fault)
	}
	return judges
}

func start() (*python, error) {
	path := os.Getenv("GORAE_JUDGE")
	if path == "" {
		return nil, fmt.Errorf("GORAE_JUDGE is not set; give a Python interpreter with Keras 3.15")
	}
	p := &python{process: exec.Command(path, "-u", "judge.py")}
	p.process.Stderr = os.Stderr
	var err error
	if p.in, err = p.process.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := p.process.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := p.process.Start(); err != nil {
		return nil, fmt.Errorf("GORAE_JUDGE=%s: %w", path, err)
	}
	p.out = bufio.NewReaderSize(out, 1<<20)
	var hello struct{ Keras string }
	if err := p.read(&hello); err != nil {
		return nil, fmt.Errorf("GORAE_JUDGE=%s: %w", path, err)
	}
	if !strings.HasPrefix(hello.Keras, "3.") {
		return nil, fmt.Errorf("GORAE_JUDGE=%s has Keras %s, not 3", path, hello.Keras)
	}
	return p, nil
}

func (p *python) read(v any) error {
	line, err := p.out.ReadBytes('\n')
	if err != nil {
		return fmt.Errorf("no answer: %w", err)
	}
	return json.Unmarshal(line, v)
}

// question is what judge.py is asked; its function says which keys it reads.
type question struct {
	Do         string           `json:"do"`
	Path       string           `json:"path,omitempty"`
	Copy       string           `json:"copy,omitempty"`
	Inputs     []array          `json:"inputs,omitempty"`
	Targets    []array          `json:"targets,omitempty"`
	Cotangents []array          `json:"cotangents,omitempty"`
	Weights    *array           `json:"weights,omitempty"`
	Batch      int              `json:"batch,omitempty"`
	Epochs     int              `json:"epochs,omitempty"`
	Optimizer  any              `json:"optimizer,omitempty"`
	Loss       string           `json:"loss,omitempty"`
	Recipe     string           `json:"recipe,omitempty"`
	Seed       int              `json:"seed"`
	Texts      []string         `json:"texts,omitempty"`
	Sets       [][]array        `json:"sets,omitempty"`
	Named      map[string]array `json:"named,omitempty"`
	Words      []string         `json:"words,omitempty"`
	Name       string           `json:"name,omitempty"`
	Options    map[string]any   `json:"options,omitempty"`
}

// answer is what comes back.
type answer struct {
	Outputs, Inputs, Targets []array
	Weights                  []named
	Loss                     json.RawMessage
	Words, Texts             []string
	Value                    float64
	Error, Trace             string
	EventFiles               []eventFiles `json:"event_files"`
	Tables                   map[string]struct {
		Texts   []string
		Numbers *array
	}
}

type named struct {
	Path  string
	Value array
}

// ask gives the answer to a question; an error of Python's ends the test.
func (p *python) ask(t interface {
	Helper()
	Fatalf(string, ...any)
}, q question) *answer {
	t.Helper()
	p.lock.Lock()
	defer p.lock.Unlock()
	text, err := json.Marshal(q)
	if err != nil {
		t.Fatalf("%v", err)
	}
	if _, err := p.in.Write(append(text, '\n')); err != nil {
		t.Fatalf("the judge has ended: %v", err)
	}
	a := &answer{}
	if err := p.read(a); err != nil {
		t.Fatalf("%v", err)
	}
	if a.Error != "" {
		t.Fatalf("%s: %s\n%s", q.Do, a.Error, a.Trace)
	}
	return a
}

// array is a tensor in questions and answers.
type array struct {
	Shape []int  `json:"shape"`
	DType string `json:"dtype"`
	Data  string `json:"data"`
}

func packed(t *tensor.Tensor) array {
	var b []byte
	switch t.DType() {
	case tensor.Int32:
		for _, v := range t.I32 {
			b = binary.LittleEndian.AppendUint32(b, uint32(v))
		}
	case tensor.Uint8:
		b = t.U8
	default:
		for _, v := range t.F32 {
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
		}
	}
	return array{t.Shape, t.DType().String(), base64.StdEncoding.EncodeToString(b)}
}

func packedAll(ts []*tensor.Tensor) (list []array) {
	for _, t := range ts {
		list = append(list, packed(t))
	}
	return list
}

// tensor is the array as a tensor; float64 and bool become float32, and int64 int32.
func (a array) tensor() *tensor.Tensor {
	raw, _ := base64.StdEncoding.DecodeString(a.Data)
	n := tensor.Shape(a.Shape).Size()
	t := tensor.New(tensor.Float32, a.Shape...)
	if strings.HasPrefix(a.DType, "int") {
		t = tensor.New(tensor.Int32, a.Shape...)
	}
	for i := range n {
		switch a.DType {
		case "float32":
			t.F32[i] = math.Float32frombits(binary.LittleEndian.Uint32(raw[4*i:]))
		case "float64":
			t.F32[i] = float32(math.Float64frombits(binary.LittleEndian.Uint64(raw[8*i:])))
		case "int32":
			t.I32[i] = int32(binary.LittleEndian.Uint32(raw[4*i:]))
		case "int64":
			t.I32[i] = int32(binary.LittleEndian.Uint64(raw[8*i:]))
		case "bool":
			t.F32[i] = float32(raw[i])
		default:
			panic("judge.py gave an array of " + a.DType)
		}
	}
	return t
}

func tensors(list []array) (ts []*tensor.Tensor) {
	for _, a := range list {
		ts = append(ts, a.tensor())
	}
	return ts
}

// near is empty where two tensors agree within a tolerance relative to the largest element, and else says where they do
// not.
func near(got, want *tensor.Tensor, tolerance float64) string {
	if !got.Shape.Equal(want.Shape) {
		return fmt.Sprintf("the shape is %v, Keras has %v", got.Shape, want.Shape)
	}
	most := 0.1
	for i := range want.Len() {
		most = max(most, math.Abs(want.Float(i)))
	}
	for i := range want.Len() {
		a, b := got.Float(i), want.Float(i)
		if !(math.Abs(a-b) <= tolerance*most) && !(math.IsNaN(a) && math.IsNaN(b)) {
			return fmt.Sprintf("element %d of %v is %v, Keras has %v", i, want.Shape, a, b)
		}
	}
	return ""
}
