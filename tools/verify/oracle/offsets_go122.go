//go:build go1.22 && !go1.23

package main

const (
	settings  = 22   // at the head of runtime.debug
	chacha8At = 1544 // in runtime.m, bytes
)
