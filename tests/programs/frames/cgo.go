package main

// static int one(void) { return 1; }
import "C"

var linkedByC = C.one()
