package main

import (
	"reflect"
	"runtime"
	"unsafe"
)

// hash0 is the seed of every map in the running workload; bucket maps take its
// low half.
var hash0 uint64

// found keeps lookups and iterations from being optimised away.
var found int

// A pair is a map variable of one static type and the operations on it; the
// methods are the leaves that the profile shows below the runtime's functions.
type pair interface {
	mapType() reflect.Type
	header() unsafe.Pointer
	make(hint int)
	makesmall()
	insert(keys, elems unsafe.Pointer, n int)
	delete(keys unsafe.Pointer, n int)
	lookup(keys unsafe.Pointer, n int)
	iterate()
	clear()
}

// A seq is a slice variable of one static element type, grown by append; what
// is appended, by elements at a time, is prepared.
type seq interface {
	prepare(by int)
	append(count int)
}

// A holder keeps the slices of one alloc step.
type holder struct {
	bytes [][]byte
	ptrs  [][]*int64
}

func newHolder(scan bool, count int) *holder {
	if scan {
		return &holder{ptrs: make([][]*int64, count)}
	}
	return &holder{bytes: make([][]byte, count)}
}

//go:noinline
func (h *holder) allocnoscan(size int) {
	for i := range h.bytes {
		h.bytes[i] = make([]byte, size)
	}
}

//go:noinline
func (h *holder) allocscan(size int) {
	for i := range h.ptrs {
		h.ptrs[i] = make([]*int64, size/8)
	}
}

// values are the keys and elements of one step.
type values struct {
	keys, elems unsafe.Pointer
	n           int
}

var (
	before, after           []runtime.MemProfileRecord
	statsBefore, statsAfter runtime.MemStats
)

// run prepares every value, then runs the steps with nothing but them on the
// profile. What w's objects still hold stays alive until the next workload.
func (w *workload) run(trace bool) {
	prepared := make([]values, len(w.steps))
	for i := range w.steps {
		prepared[i] = w.prepare(&w.steps[i])
	}
	for i := 0; i < 3; i++ {
		runtime.GC()
	}
	before = profile(before)
	runtime.ReadMemStats(&statsBefore)
	saved := hashkey
	hashkey, hash0 = w.hashkey, w.hash0
	runtime.MemProfileRate = 1
	traceAllocations(trace)
	for i := range w.steps {
		pinRandom()
		w.step(&w.steps[i], prepared[i])
	}
	traceAllocations(false)
	runtime.MemProfileRate = 0
	hashkey = saved
	runtime.ReadMemStats(&statsAfter)
	for i := 0; i < 3; i++ {
		runtime.GC()
	}
	after = profile(after)
	runtime.KeepAlive(w)
}

func (w *workload) prepare(s *step) (v values) {
	if s.op != "insert" && s.op != "delete" && s.op != "lookup" {
		return v
	}
	t := w.objs[s.obj].pair.mapType()
	v.n = int(s.to - s.from)
	v.keys = s.values(t.Key(), v.n)
	if s.op == "insert" {
		v.elems = s.values(t.Elem(), v.n)
	}
	return v
}

func (w *workload) step(s *step, v values) {
	if s.op == "gc" {
		runtime.GC()
		return
	}
	o := &w.objs[s.obj]
	switch s.op {
	case "map":
		o.live = true
		if s.hinted {
			o.pair.make(s.hint)
		} else {
			o.pair.makesmall()
		}
	case "insert":
		o.pair.insert(v.keys, v.elems, v.n)
	case "delete":
		o.pair.delete(v.keys, v.n)
	case "lookup":
		o.pair.lookup(v.keys, v.n)
	case "iterate":
		o.pair.iterate()
	case "clear":
		o.pair.clear()
	case "append":
		o.live = true
		o.seq.append(s.count)
	case "alloc":
		o.live = true
		if s.scan {
			o.hold.allocscan(s.size)
		} else {
			o.hold.allocnoscan(s.size)
		}
	case "drop":
		*o = object{name: o.name}
	}
}

// profile reads the whole heap profile, reusing buf's memory.
func profile(buf []runtime.MemProfileRecord) []runtime.MemProfileRecord {
	for {
		n, ok := runtime.MemProfile(buf[:cap(buf)], true)
		if ok {
			return buf[:n]
		}
		buf = make([]runtime.MemProfileRecord, n+n/4+64)
	}
}
