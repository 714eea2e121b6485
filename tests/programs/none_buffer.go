// none_buffer.go: buffers that double: bytes.Buffer, io.ReadAll, a hand-written
// ring that doubles its array of 8- and 144-byte elements.
package main

import (
	"bytes"
	"io"
	"strings"
)

func prepare() {}

type ring struct {
	slots []int64
	n     int
}

func (r *ring) push(v int64) {
	if r.n == len(r.slots) {
		bigger := make([]int64, 2*len(r.slots)+1)
		copy(bigger, r.slots)
		r.slots = bigger
	}
	r.slots[r.n] = v
	r.n++
}

type wide [18]int64

func double(n int) []wide {
	s := make([]wide, 8)
	for len(s) < n {
		bigger := make([]wide, 2*len(s))
		copy(bigger, s)
		s = bigger
	}
	return s
}

func work() {
	var b bytes.Buffer
	for i := 0; i < 100000; i++ {
		b.WriteString("some bytes")
	}
	all, _ := io.ReadAll(strings.NewReader(b.String()))
	r := &ring{}
	for i := 0; i < 100000; i++ {
		r.push(int64(i))
	}
	keep = append(keep, b, all, r, double(20000))
}
