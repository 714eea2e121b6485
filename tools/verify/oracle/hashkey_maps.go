//go:build go1.27

package main

import _ "unsafe" // for go:linkname

// hashkey keys the fallback hash; checkPinned proves that it is the one.
//
//go:linkname hashkey internal/runtime/maps.hashkey
var hashkey [4]uintptr
