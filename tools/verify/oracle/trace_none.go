//go:build go1.23

package main

// traceAllocations: GODEBUG has no allocfreetrace any more.
func traceAllocations(on bool) {
	if on {
		panic("this release of Go prints no allocations")
	}
}
