//go:build !go1.20

package main

import "unsafe"

// sync.Map: the read map is in an interface.
type syncMap struct {
	mu     [8]byte
	read   struct{ typ, data unsafe.Pointer }
	dirty  *hmap
	misses int
}

func (m *syncMap) readOnly() *readOnly {
	return (*readOnly)(m.read.data)
}
