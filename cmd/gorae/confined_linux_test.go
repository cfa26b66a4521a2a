//go:build amd64

package main

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"unsafe"

	"gorae/tensor"

	"golang.org/x/sys/unix"
)

// confine ends the process at the system calls by which it could write, connect or execute: a filter of the kernel
// (seccomp) on all threads. Files may be opened for reading alone, and threads may be made, no processes.
func confine() error {
	const (
		load                                 = unix.BPF_LD | unix.BPF_W | unix.BPF_ABS
		jumpEqual                            = unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K
		jumpSet                              = unix.BPF_JMP | unix.BPF_JSET | unix.BPF_K
		result                               = unix.BPF_RET | unix.BPF_K
		number, firstArgument, thirdArgument = 0, 16, 32 // in struct seccomp_data
		kill, allow                          = 0x80000000, 0x7fff0000
		tsync                                = 1
	)
	forbidden := []uint32{unix.SYS_EXECVE, unix.SYS_EXECVEAT, unix.SYS_FORK, unix.SYS_VFORK, unix.SYS_SOCKET,
		unix.SYS_CONNECT, unix.SYS_BIND, unix.SYS_LISTEN, unix.SYS_SENDTO, unix.SYS_PTRACE, unix.SYS_UNLINK,
		unix.SYS_UNLINKAT, unix.SYS_RENAME, unix.SYS_RENAMEAT, unix.SYS_RENAMEAT2, unix.SYS_MKDIR, unix.SYS_MKDIRAT,
		unix.SYS_RMDIR, unix.SYS_LINK, unix.SYS_LINKAT, unix.SYS_SYMLINK, unix.SYS_SYMLINKAT, unix.SYS_CREAT,
		unix.SYS_TRUNCATE, unix.SYS_FTRUNCATE, unix.SYS_CHMOD, unix.SYS_FCHMOD, unix.SYS_FCHMODAT, unix.SYS_CHOWN,
		unix.SYS_OPENAT2, unix.SYS_MKNOD, unix.SYS_MKNODAT, unix.SYS_SENDMSG, unix.SYS_IO_URING_SETUP,
		unix.SYS_FALLOCATE, unix.SYS_FCHOWN, unix.SYS_LCHOWN, unix.SYS_FCHOWNAT, unix.SYS_SETXATTR}
	f := []unix.SockFilter{{Code: load, K: number}}
	for _, n := range forbidden {
		f = append(f, unix.SockFilter{Code: jumpEqual, K: n, Jf: 1}, unix.SockFilter{Code: result, K: kill})
	}
	// An open file is read: O_WRONLY, O_RDWR and O_CREAT are bits of the flags.
	writes := uint32(unix.O_WRONLY | unix.O_RDWR | unix.O_CREAT)
	for call, flags := range map[uint32]uint32{unix.SYS_OPENAT: thirdArgument, unix.SYS_OPEN: firstArgument + 8} {
		f = append(f, unix.SockFilter{Code: load, K: number}, unix.SockFilter{Code: jumpEqual, K: call, Jf: 3},
			unix.SockFilter{Code: load, K: flags}, unix.SockFilter{Code: jumpSet, K: writes, Jf: 1},
			unix.SockFilter{Code: result, K: kill})
	}
	f = append(f, unix.SockFilter{Code: load, K: number}, unix.SockFilter{Code: jumpEqual, K: unix.SYS_CLONE, Jf: 3},
		unix.SockFilter{Code: load, K: firstArgument}, unix.SockFilter{Code: jumpSet, K: unix.CLONE_THREAD, Jt: 1},
		unix.SockFilter{Code: result, K: kill}, unix.SockFilter{Code: result, K: allow})
	program := unix.SockFprog{Len: uint16(len(f)), Filter: &f[0]}
	runtime.LockOSThread()
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return err
	}
	_, _, no := unix.Syscall(unix.SYS_SECCOMP, 1, tsync, uintptr(unsafe.Pointer(&program)))
	if no != 0 {
		return no
	}
	return nil
}

// noFilters is the exit status where the kernel refuses a filter, as some containers do.
const noFilters = 77

// TestConfined: gorae predict and summary on a model of a stranger's neither write, connect nor execute; the kernel
// would end them. What is forbidden is: the same process that writes its predictions to a file is ended.
func TestConfined(t *testing.T) {
	if os.Getenv("GORAE_CONFINED") != "" {
		if err := confine(); err != nil {
			os.Exit(noFilters)
		}
		os.Exit(execute(t.Context(), strings.Split(os.Getenv("GORAE_CONFINED"), "\n"), os.Stdin, os.Stdout, os.Stderr))
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	confined := func(args ...string) (string, error) {
		c := exec.Command(self, "-test.run", "^TestConfined$")
		c.Env = append(os.Environ(), "GORAE_CONFINED="+strings.Join(args, "\n"))
		var out bytes.Buffer
		c.Stdout, c.Stderr = &out, &out
		err := c.Run()
		if c.ProcessState != nil && c.ProcessState.ExitCode() == noFilters {
			t.Skip("the kernel refuses filters of system calls")
		}
		return out.String(), err
	}
	dir := t.TempDir()
	numbers := filepath.Join(dir, "x.npy")
	x := &tensor.Tensor{Shape: tensor.Shape{4, 2}, F32: []float32{0, 0, 0, 1, 1, 0, 1, 1}}
	if err := os.WriteFile(numbers, []byte(npy(t, x)), 0o644); err != nil {
		t.Fatal(err)
	}
	model := "../../format/onnx/testdata/and.onnx"
	for _, args := range [][]string{{"predict", model, "--input", numbers, "--output", "-"}, {"summary", model}} {
		if out, err := confined(args...); err != nil || !strings.Contains(out, "0.99") && args[0] == "predict" {
			t.Errorf("%q: %v\n%s", args, err, out)
		}
	}
	for _, model := range hostileModels(t, dir) {
		for _, args := range [][]string{{"predict", model, "--input", numbers, "--output", "-"}, {"summary", model}} {
			if out, err := confined(args...); err != nil && !strings.HasPrefix(err.Error(), "exit status ") {
				t.Errorf("%q: %v\n%s", args, err, out)
			}
		}
	}
	if list, err := filepath.Glob(filepath.Join(dir, "*pwned*")); err != nil || len(list) > 0 {
		t.Errorf("%q was written, %v", list, err)
	}
	out, err := confined("predict", model, "--input", numbers, "--output", filepath.Join(dir, "y.csv"))
	if err == nil || !strings.Contains(err.Error(), "bad system call") {
		t.Errorf("a file was to be written: %v\n%s", err, out)
	}
}

// hostileModels are files of a stranger's: a pickle that runs a program where a machine would run it, as PyTorch's file
// and beside weights that are none, an ONNX file whose weights lie in another one, and those of the shared folder, with
// Lambdas and names that reach for more.
func hostileModels(t *testing.T, dir string) (paths []string) {
	t.Helper()
	pwned := filepath.Join(dir, "pwned")
	pickle := "cposix\nsystem\n(S'touch " + pwned + "'\ntR."
	var archive bytes.Buffer
	z := zip.NewWriter(&archive)
	for name, text := range map[string]string{"archive/data.pkl": pickle, "archive/version": "3\n",
		"../pwned-too": "x"} {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write([]byte(text))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	and, err := os.ReadFile("../../format/onnx/testdata/and.onnx")
	if err != nil {
		t.Fatal(err)
	}
	header := `{"w": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}, "__metadata__": {"__reduce__": "` +
		pwned + `"}}`
	size := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	for name, content := range map[string]string{"evil.pt": archive.String(), "evil.pth": pickle,
		"evil.npz": archive.String(), "evil.keras": archive.String(),
		"evil.safetensors": string(size) + header + "abcd", "evil.h5": "\x89HDF\r\n\x1a\n" + pickle,
		"cut.onnx": string(and[:len(and)/2]), "twice.onnx": string(and) + string(and)} {
		put(t, filepath.Join(dir, name), content)
		paths = append(paths, filepath.Join(dir, name))
	}
	if shared := os.Getenv("GORAE_SHARED"); shared != "" {
		for _, pattern := range []string{"cases/hostile/*.keras", "cases/hostile/keras/*.keras",
			"models/real/refuse-*/model.*", "onnx-models/t-external-*/*.onnx"} {
			list, err := filepath.Glob(filepath.Join(shared, pattern))
			if err != nil || len(list) == 0 {
				t.Errorf("%s: %q, %v", pattern, list, err)
			}
			paths = append(paths, list...)
		}
	}
	return paths
}
