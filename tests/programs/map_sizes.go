// map_sizes.go: many maps of one type and of different sizes share one line:
// put fills 8 maps of 100 … 12,800 entries.
package main

func prepare() {}

//go:noinline
func put(m map[uint64]uint64, k uint64) {
	m[k] = k
}

func work() {
	for n := 100; n <= 12800; n *= 2 {
		var m map[uint64]uint64
		if *hinted {
			m = make(map[uint64]uint64, n)
		} else {
			m = make(map[uint64]uint64)
		}
		for i := 0; i < n; i++ {
			put(m, uint64(i))
		}
		keep = append(keep, m)
	}
}
