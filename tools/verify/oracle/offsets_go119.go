//go:build !go1.22

package main

const settings = 17 // at the head of runtime.debug
