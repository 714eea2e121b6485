//go:build go1.22 && !go1.24

package main

import (
	"math"
	"unsafe"
)

func getm() unsafe.Pointer

//go:linkname rand runtime.rand
func rand() uint64

// chacha8 is internal/chacha8rand.State.
type chacha8 struct {
	buf     [32]uint64
	seed    [4]uint64
	i, n, c uint32
}

// pinRandom makes all random numbers of this thread 0: from 2^16 buckets on they
// decide which overflow buckets are counted. The generator takes its words in
// turn, and looks for new ones after n.
func pinRandom() {
	*(*chacha8)(unsafe.Add(getm(), chacha8At)) = chacha8{n: math.MaxUint32}
}

// randomPinned says whether pinRandom does what it should.
func randomPinned() bool {
	for try := 0; try < 4; try++ {
		pinRandom()
		if rand() != 0 {
			return false
		}
	}
	return true
}

const countsByChance = false
