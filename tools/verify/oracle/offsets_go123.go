//go:build go1.23 && !go1.24

package main

const chacha8At = 1280 // in runtime.m, bytes
