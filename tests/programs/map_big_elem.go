// map_big_elem.go: elements above 128 bytes are kept by pointer: each entry
// allocates its element on the line that also grows the map; 144-byte buckets.
package main

func prepare() {}

type state struct {
	counters [25]int64
}

func states(n int) map[int]state {
	m := make(map[int]state)
	if *hinted {
		m = make(map[int]state, n)
	}
	for i := 0; i < n; i++ {
		m[i] = state{}
	}
	return m
}

func work() { keep = append(keep, states(2500)) }
