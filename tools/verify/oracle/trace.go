//go:build !go1.23

package main

import _ "unsafe" // for go:linkname

// debugVars is the head of runtime.debug: settings, malloc (is any of the
// following ones set), then the one that is turned on for the steps alone.
//
//go:linkname debugVars runtime.debug
var debugVars struct {
	_              [settings]int32
	malloc         bool
	allocfreetrace int32
}

func traceAllocations(on bool) {
	debugVars.allocfreetrace = 0
	if on {
		debugVars.allocfreetrace = 1
	}
}
