//go:build go1.27

package main

import _ "unsafe" // for linkname

//go:linkname hashkey internal/runtime/maps.hashkey
var hashkey [4]uintptr
