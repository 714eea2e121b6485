//go:build !go1.22

package main

// settings stand at the head of runtime.debug.
const settings = 17
