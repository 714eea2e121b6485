//go:build go1.20 && !go1.24

package main

// sync.Map: a pointer leads to the read map.
type syncMap struct {
	mu     [8]byte
	read   *readOnly
	dirty  *hmap
	misses int
}

func (m *syncMap) readOnly() *readOnly {
	return m.read
}
