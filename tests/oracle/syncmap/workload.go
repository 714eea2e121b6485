package main

import (
	"fmt"
	"math/rand"
	"os"
	"strconv"
	"strings"
)

// A step is one line: an operation on the keys from to to-1, as int or string.
type step struct {
	op       string // store load loadorstore loadanddelete delete range
	str      bool
	from, to int
	ints     []int // made before the run
	strs     []string
}

type workload struct {
	text    string
	hashkey [4]uintptr
	steps   []step
}

func readWorkload(file string) (*workload, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	w := &workload{text: string(text)}
	for i, line := range strings.Split(string(text), "\n") {
		if f := strings.Fields(line); len(f) > 0 && f[0] != "#" {
			if err := w.line(f); err != nil {
				return nil, fmt.Errorf("%s:%d: %v", file, i+1, err)
			}
		}
	}
	return w, nil
}

func (w *workload) line(f []string) (err error) {
	switch {
	case f[0] == "hashkey" && len(f) == 5:
		for i := range w.hashkey {
			var k uint64
			k, err = strconv.ParseUint(f[i+1], 0, 64)
			w.hashkey[i] = uintptr(k)
		}
	case f[0] == "hash0": // of a former run: there will be others
	case f[0] == "range" && len(f) == 1:
		w.steps = append(w.steps, step{op: "range"})
	case len(f) == 4:
		s := step{op: f[0], str: f[1] == "string"}
		if s.from, err = strconv.Atoi(f[2]); err == nil {
			s.to, err = strconv.Atoi(f[3])
		}
		w.steps = append(w.steps, s)
	default:
		err = fmt.Errorf("not a step: %v", f)
	}
	return err
}

func (w *workload) prepare() {
	for i := range w.steps {
		s := &w.steps[i]
		for k := s.from; k < s.to; k++ {
			if s.str {
				s.strs = append(s.strs, "key"+strconv.Itoa(k))
			} else {
				s.ints = append(s.ints, k)
			}
		}
	}
}

// generate writes a random workload: runs of keys stored, looked up until they
// are promoted, deleted and stored again, in a key space that overlaps.
func generate(file string, r *rand.Rand) error {
	var b strings.Builder
	fmt.Fprintf(&b, "hashkey %#x %#x %#x %#x\n", r.Uint64()|1, r.Uint64()|1,
		r.Uint64()|1, r.Uint64()|1)
	space := 1 << (2 + r.Intn(11))
	ops := []string{"store", "store", "store", "load", "load", "load",
		"loadorstore", "delete", "loadanddelete", "range"}
	for n := 5 + r.Intn(40); n > 0; n-- {
		op := ops[r.Intn(len(ops))]
		if op == "range" {
			fmt.Fprintln(&b, op)
			continue
		}
		kind := []string{"int", "int", "string"}[r.Intn(3)]
		from := r.Intn(space)
		to := from + 1 + r.Intn(space-from)
		if r.Intn(3) == 0 {
			to = from + 1
		}
		fmt.Fprintln(&b, op, kind, from, to)
	}
	return os.WriteFile(file, []byte(b.String()), 0o666)
}
