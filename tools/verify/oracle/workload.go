package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
)

// A step is one line of a workload. Its keys and elements are made before the
// run, so that making them is not counted.
type step struct {
	op       string // map insert delete lookup iterate clear alloc append drop gc
	name     string
	obj      int // the index of its map or holder in workload.objs
	key      string
	elem     string
	hint     int
	hinted   bool
	from, to uint64
	random   bool
	seed     uint64
	scan     bool
	size     int
	count    int
}

type workload struct {
	hashkey [4]uintptr
	hash0   uint64
	steps   []step
	objs    []object
}

// An object is a map or a holder; live until its drop.
type object struct {
	name string
	pair pair    // of a map; one of the three is not nil
	hold *holder // of slices
	seq  seq     // of an append
	live bool
}

func readWorkload(file string) (*workload, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	w := &workload{}
	for i, line := range strings.Split(string(text), "\n") {
		f := fields(line)
		if len(f) == 0 {
			continue
		}
		if err := w.line(f); err != nil {
			return nil, fmt.Errorf("%s:%d: %v", file, i+1, err)
		}
	}
	return w, nil
}

// fields cuts a line at its blanks; a quoted field may hold blanks.
func fields(line string) (f []string) {
	for {
		line = strings.TrimLeft(line, " \t\r")
		if line == "" || line[0] == '#' {
			return f
		}
		end := strings.IndexAny(line, " \t\r")
		skip := 0
		if line[0] == '"' {
			line = line[1:]
			end = strings.IndexByte(line, '"')
			skip = 1
		}
		if end < 0 {
			end, skip = len(line), 0
		}
		f = append(f, line[:end])
		line = line[end+skip:]
	}
}

func (w *workload) line(f []string) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%v: %v", f, r)
		}
	}()
	switch f[0] {
	case "hashkey":
		for i := range w.hashkey {
			w.hashkey[i] = uintptr(number(f[1+i]))
		}
		return nil
	case "hash0":
		w.hash0 = number(f[1])
		return nil
	case "gc":
		w.steps = append(w.steps, step{op: "gc"})
		return nil
	}
	s := step{op: f[0], name: f[1]}
	switch s.op {
	case "map":
		s.key, s.elem = f[2], f[3]
		if len(f) > 4 {
			s.hinted = true
			s.hint = int(signed(strings.TrimPrefix(f[4], "hint=")))
		}
		w.objs = append(w.objs, object{name: s.name, pair: newPair(s.key, s.elem)})
	case "append":
		s.count = int(number(f[3]))
		by := 1
		if len(f) > 4 {
			by = int(number(strings.TrimPrefix(f[4], "by=")))
		}
		o := object{name: s.name, seq: newSeq(f[2])}
		o.seq.prepare(by)
		w.objs = append(w.objs, o)
	case "alloc":
		s.scan = f[2] == "scan"
		s.size, s.count = int(number(f[3])), int(number(f[4]))
		w.objs = append(w.objs, object{name: s.name, hold: newHolder(s.scan, s.count)})
	case "insert", "delete", "lookup":
		s.from, s.to = number(f[2]), number(f[3])
		if len(f) > 4 {
			s.random = true
			s.seed = number(strings.TrimPrefix(f[4], "rand="))
		}
	case "iterate", "clear", "drop":
	default:
		return fmt.Errorf("unknown step %q", s.op)
	}
	s.obj = w.find(s.name)
	w.steps = append(w.steps, s)
	return nil
}

// find gives the newest object of that name.
func (w *workload) find(name string) int {
	for i := len(w.objs) - 1; i >= 0; i-- {
		if w.objs[i].name == name {
			return i
		}
	}
	panic("no object " + name)
}

func number(s string) uint64 {
	n, err := strconv.ParseUint(s, 0, 64)
	if err != nil {
		panic(err)
	}
	return n
}

func signed(s string) int64 {
	n, err := strconv.ParseInt(s, 0, 64)
	if err != nil {
		panic(err)
	}
	return n
}

func newPair(key, elem string) pair {
	for _, r := range pairs {
		if r.key == key && r.elem == elem {
			return r.new()
		}
	}
	panic("pairs.go lacks map[" + key + "]" + elem)
}

func newSeq(elem string) seq {
	for _, r := range seqs {
		if r.elem == elem {
			return r.new()
		}
	}
	panic("pairs.go lacks []" + elem)
}

// mix gives the keys of rand=S: key number i is mix(S + i).
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// keyNumber is the number of the i-th key of s.
func (s *step) keyNumber(i uint64) uint64 {
	if s.random {
		return mix(s.seed + i)
	}
	return i
}
