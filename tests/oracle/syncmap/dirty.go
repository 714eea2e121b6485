//go:build !go1.24

package main

import (
	"bufio"
	"fmt"
	"sync"
	"unsafe"
)

type readOnly struct {
	m       *hmap
	amended bool
}

type hmap struct {
	count     int
	flags     uint8
	B         uint8
	noverflow uint16
	hash0     uint32
}

func printState(out *bufio.Writer, p *sync.Map) {
	m := (*syncMap)(unsafe.Pointer(p))
	var read readOnly
	if r := m.readOnly(); r != nil {
		read = *r
	}
	fmt.Fprintf(out, "found %d misses %d amended %v\n", found, m.misses, read.amended)
	printMap(out, "read", read.m)
	printMap(out, "dirty", m.dirty)
}

func printMap(out *bufio.Writer, name string, h *hmap) {
	if h == nil {
		fmt.Fprintln(out, name, "nil")
		return
	}
	fmt.Fprintf(out, "%s count=%d B=%d noverflow=%d\n", name, h.count,
		h.B, h.noverflow)
}

var (
	dirty  *hmap    // after the operation before
	hash0s []uint32 // of each dirty map, in order
)

func begin() {
	dirty, hash0s = nil, make([]uint32, 0, 1000)
}

// note looks whether an operation has made a new map.
func note(p *sync.Map) {
	d := (*syncMap)(unsafe.Pointer(p)).dirty
	if d != nil && d != dirty {
		hash0s = append(hash0s, d.hash0)
	}
	dirty = d
}

func seedLine() string {
	line := "hash0"
	for _, h := range hash0s {
		line += fmt.Sprintf(" %#x", h)
	}
	return line + "\n"
}
