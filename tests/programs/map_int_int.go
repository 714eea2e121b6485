// map_int_int.go: one map[int]int of 10,000 entries; 144-byte buckets, B = 11.
package main

func prepare() {}

func work() {
	n := 10000
	var m map[int]int
	if *hinted {
		m = make(map[int]int, n)
	} else {
		m = make(map[int]int)
	}
	for i := 0; i < n; i++ {
		m[i*7] = i
	}
	keep = append(keep, m)
}
