// Program frames prints stacks as the runtime itself names them: an address, a
// function, a file and a line in each row, for tests that name the addresses
// from the executable alone.
package main

import (
	"fmt"
	"reflect"
	"runtime"
)

type set[K comparable] struct{ m map[K]int }

func (s *set[K]) put(k K) { s.m[k]++ }

//go:noinline
func (s *set[K]) grow(k K) {
	show()
	s.put(k)
}

func inner() { show() }
func outer() { inner() }

// The innermost frames: show's own address, and then those of its callers.
//
//go:noinline
func show() {
	pcs := make([]uintptr, 32)
	pcs = pcs[:runtime.Callers(1, pcs)]
	frames := runtime.CallersFrames(pcs)
	for i := range pcs {
		f, more := frames.Next()
		fmt.Printf("%#x %s %s:%d\n", pcs[i]-1, f.Function, f.File, f.Line)
		if !more {
			break
		}
	}
}

func main() {
	// Where show was loaded, which a position-independent program cannot know.
	fmt.Printf("%#x main.show entry\n", reflect.ValueOf(show).Pointer())
	outer()
	s := &set[string]{m: map[string]int{}}
	s.grow("x")
	func() { defer func() { inner() }() }()
}
