//go:build !go1.27

package main

import _ "unsafe"

//go:linkname hashkey runtime.hashkey
var hashkey [4]uintptr
