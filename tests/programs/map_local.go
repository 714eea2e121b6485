// map_local.go: a map that does not escape: its header and first bucket are on the
// stack, only arrays and overflow buckets are on the heap; 80-byte buckets.
package main

func prepare() {}

func distinct(n int) int {
	seen := map[uint32]uint32{}
	if *hinted {
		seen = make(map[uint32]uint32, n)
	}
	for i := 0; i < n; i++ {
		seen[uint32(i)*40503%65521]++
	}
	return len(seen)
}

func work() { keep = append(keep, distinct(6000)) }
