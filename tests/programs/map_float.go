// map_float.go: map[float64]bool with 100,000 entries; 88-byte buckets.
package main

func prepare() {}

func work() {
	n := 100000
	m := make(map[float64]bool)
	if *hinted {
		m = make(map[float64]bool, n)
	}
	for i := 0; i < n; i++ {
		m[float64(i)/3] = true
	}
	keep = append(keep, m)
}
