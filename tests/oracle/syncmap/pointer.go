//go:build go1.20

package main

import "unsafe"

// What sync.Map looks like in memory: read is an atomic.Pointer.
type syncMap struct {
	mu     [8]byte
	read   unsafe.Pointer
	dirty  *hmap
	misses int
}

func (m *syncMap) readOnly() unsafe.Pointer { return m.read }
