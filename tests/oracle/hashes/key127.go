//go:build go1.27

package main

import _ "unsafe"

// The old name still links, and is a variable that nobody reads.
//
//go:linkname hashkey internal/runtime/maps.hashkey
var hashkey [4]uintptr
