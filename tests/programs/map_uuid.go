// map_uuid.go: map[[16]byte]int: a key of 16 plain bytes; 208-byte buckets,
// pointer-free.
package main

import "encoding/binary"

func prepare() {}

type uuid [16]byte

func load(n int) map[uuid]int {
	m := make(map[uuid]int)
	if *hinted {
		m = make(map[uuid]int, n)
	}
	for i := 0; i < n; i++ {
		var u uuid
		binary.LittleEndian.PutUint64(u[:], uint64(i)*11400714819323198485)
		m[u] = i
	}
	return m
}

func work() { keep = append(keep, load(7000)) }
