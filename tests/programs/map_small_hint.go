// map_small_hint.go: hints that are too small: one map grows seven times, one of
// 200 smaller ones once each; 112- and 208-byte buckets.
package main

func prepare() {}

func fill(hint, n int) map[uint64]uint32 {
	m := make(map[uint64]uint32, hint)
	for i := 0; i < n; i++ {
		m[uint64(i)*2654435761] = uint32(i)
	}
	return m
}

func fillOnce(hint, n int) map[int]string {
	m := make(map[int]string, hint)
	for i := 0; i < n; i++ {
		m[i*i] = "square"
	}
	return m
}

func work() {
	many, few := 100, 600
	if *hinted {
		many, few = 9000, 1250
	}
	keep = append(keep, fill(many, 9000))
	for i := 0; i < 200; i++ {
		keep = append(keep, fillOnce(few, 1250))
	}
}
