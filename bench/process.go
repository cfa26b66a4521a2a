package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// process is a worker that waits for its turn.
type process struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Scanner
}

func start(cmd *exec.Cmd) (*process, error) {
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	p := &process{cmd, in, bufio.NewScanner(out)}
	if line, err := p.line(); err != nil || line != "ready" {
		p.stop()
		return nil, fmt.Errorf("%s did not become ready", strings.Join(cmd.Args, " "))
	}
	return p, nil
}

func (p *process) line() (string, error) {
	if !p.out.Scan() {
		return "", fmt.Errorf("%s ended early", filepath.Base(p.cmd.Path))
	}
	return p.out.Text(), nil
}

// run does n iterations and gives their seconds, by the clock or of the processor.
func (p *process) run(n int) (float64, error) {
	before := p.busy()
	fmt.Fprintln(p.in, n)
	line, err := p.line()
	if err != nil {
		return 0, err
	}
	if processor {
		return p.busy() - before, nil
	}
	return strconv.ParseFloat(line, 64)
}

// busy is how many seconds the process's threads have had a processor, as Linux counts them.
func (p *process) busy() (seconds float64) {
	files, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", p.cmd.Process.Pid))
	for _, f := range files {
		b, _ := os.ReadFile(f)
		if first, _, ok := strings.Cut(string(b), " "); ok {
			ns, _ := strconv.ParseFloat(first, 64)
			seconds += ns / 1e9
		}
	}
	return seconds
}

// peak is the most memory the process has had, in MB.
func (p *process) peak() float64 {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(status)) {
		if f := strings.Fields(line); len(f) > 1 && f[0] == "VmHWM:" {
			kb, _ := strconv.ParseFloat(f[1], 64)
			return kb / 1024
		}
	}
	return 0
}

func (p *process) stop() {
	p.in.Close()
	p.cmd.Wait()
}

// tuned is the environment in which PyTorch is fast: OpenBLAS told of the processor, its OpenMP build where
// Debian has it, all kernels of AVX-512 or AVX2, and glibc's malloc told to keep memory rather than hand large arrays
// back to the kernel at every step. What the environment says of these is overruled: a machine may
// come with settings that keep old programs right and make them slow.
func tuned(threads int) []string {
	flags, _ := os.ReadFile("/proc/cpuinfo")
	core, isa := "Haswell", "avx2"
	switch {
	case strings.Contains(string(flags), "avx512_bf16"):
		core, isa = "Cooperlake", "avx512"
	case strings.Contains(string(flags), "avx512f"):
		core, isa = "SkylakeX", "avx512"
	}
	n := strconv.Itoa(threads)
	own := map[string]string{
		"OMP_NUM_THREADS": n, "OPENBLAS_NUM_THREADS": n, "MKL_NUM_THREADS": n,
		"OPENBLAS_CORETYPE": core, "ATEN_CPU_CAPABILITY": isa, "OPENBLAS_L2_SIZE": "",
		"ONEDNN_MAX_CPU_ISA": "", "DNNL_MAX_CPU_ISA": "", "MKL_DEBUG_CPU_TYPE": "",
		"MALLOC_MMAP_MAX_": "0", "MALLOC_TRIM_THRESHOLD_": "4000000000", "MALLOC_TOP_PAD_": "268435456",
		"LD_LIBRARY_PATH": "/usr/lib/x86_64-linux-gnu/openblas-openmp",
	}
	env := slices.DeleteFunc(os.Environ(), func(v string) bool {
		name, _, _ := strings.Cut(v, "=")
		_, ours := own[name]
		return ours
	})
	for name, value := range own {
		if value != "" {
			env = append(env, name+"="+value)
		}
	}
	return env
}

// script is the path of a peer's program.
func script(name string) string { return filepath.Join("bench", name) }

// exported reports whether onnxruntime takes the workload: inference and streams.
func (t task) exported() bool {
	return strings.HasPrefix(t.name, "infer:") || strings.HasPrefix(t.name, "stream:")
}

// export writes the networks of the workloads that onnxruntime takes.
func (r rivals) export(ts []task) error {
	python := r.python
	if python == "" {
		python = debian
	}
	args := []string{script("peer.py"), "export", r.models}
	for _, t := range ts {
		if t.exported() {
			args = append(args, t.name)
		}
	}
	out, err := exec.Command(python, args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("exporting networks with %s: %w: %s", python, err, out)
	}
	return nil
}

const debian = "/usr/bin/python3" // the Python that Debian's python3-torch belongs to
