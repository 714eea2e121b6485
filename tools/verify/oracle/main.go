// The oracle: runs workload files on the real Go runtime and prints what its
// heap profile says, in the words of `hmap replay`.
//
// What is random in Go is pinned: the fallback hash (GODEBUG=cpu.aes=off)
// reads hashkey, which is set for the time of a workload, and every map's seed is
// written while the map is empty. No Go map but those under test is touched
// while the key is changed. The random numbers of the one thread that runs the
// steps are pinned before each.
//
// It builds with every release of Go that hmap models; build constraints pick
// the files that know what differs.
//
// The file pairs.go beside this one is generated: one Go type for each pair of
// key and element type, so that the compiler itself chooses the map functions.
package main

import (
	"bufio"
	"fmt"
	"os"
	"reflect"
	"runtime"
	"runtime/debug"
	"syscall"
	"unsafe"
)

// pinned is the environment that makes a run repeatable.
var pinned = []string{"GOGC=off", "GOMAXPROCS=1"}

func main() {
	if os.Getenv("HMAP_ORACLE") == "" {
		reexec()
	}
	runtime.LockOSThread()
	traceAllocations(false)
	debug.SetGCPercent(-1)
	runtime.MemProfileRate = 0
	checkPinned()
	opt, files := flags(os.Args[1:])
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for _, name := range files {
		w, err := readWorkload(name)
		if err != nil {
			out.Flush()
			fmt.Fprintln(os.Stderr, "oracle:", err)
			os.Exit(2)
		}
		fmt.Fprintln(out, "==", name)
		if opt.trace {
			mark(name)
		}
		w.run(opt.trace)
		w.print(out, opt)
	}
}

type options struct {
	layout  bool // a digest of every map's memory
	classes bool // MemStats deltas, a size class a line
	trace   bool // a line on stderr before each workload's allocfreetrace
}

func flags(args []string) (opt options, files []string) {
	for _, a := range args {
		switch a {
		case "-layout":
			opt.layout = true
		case "-classes":
			opt.classes = true
		case "-trace":
			opt.trace = true
		default:
			files = append(files, a)
		}
	}
	return opt, files
}

// mark writes past every buffer: allocfreetrace does so too.
func mark(name string) {
	syscall.Write(2, []byte("== "+name+"\n"))
}

// reexec starts this program again in the pinned environment: the runtime
// reads it before main.
func reexec() {
	godebug := "cpu.aes=off"
	for _, a := range os.Args[1:] {
		if a == "-trace" {
			godebug += ",allocfreetrace=1"
		}
	}
	env := append(os.Environ(), pinned...)
	env = append(env, "HMAP_ORACLE=1", "GODEBUG="+godebug)
	self, err := os.Executable()
	if err == nil {
		err = syscall.Exec(self, os.Args, env)
	}
	fmt.Fprintln(os.Stderr, "oracle:", err)
	os.Exit(2)
}

// checkPinned ends the program unless hashkey is what maps hash by (a linkname
// that names nothing gives a variable of our own, which nobody reads) and random
// numbers can be pinned.
func checkPinned() {
	saved := hashkey
	hashkey = [4]uintptr{1, 1, 1, 1}
	one := hashOf(1)
	hashkey = [4]uintptr{3, 5, 7, 9}
	other := hashOf(1)
	hashkey = saved
	if one == other {
		fmt.Fprintln(os.Stderr, "oracle: maps do not hash by hashkey here")
		os.Exit(2)
	}
	if !randomPinned() {
		fmt.Fprintln(os.Stderr, "oracle: this thread's random numbers lie elsewhere")
		os.Exit(2)
	}
}

// hashOf hashes as a map[uint64]bool without a seed does.
func hashOf(key uint64) uintptr {
	t := reflect.TypeOf(map[uint64]bool(nil))
	hasher := mapField(t, mapHasher)
	return (*(*func(unsafe.Pointer, uintptr) uintptr)(unsafe.Pointer(&hasher)))(
		unsafe.Pointer(&key), 0)
}
