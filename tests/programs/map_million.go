// map_million.go: one map[uint64]float64 of a million entries; B = 18.
package main

func prepare() {}

func load(n int) map[uint64]float64 {
	prices := make(map[uint64]float64)
	if *hinted {
		prices = make(map[uint64]float64, n)
	}
	for i := 0; i < n; i++ {
		prices[uint64(i)*11400714819323198485] = float64(i)
	}
	return prices
}

func work() { keep = append(keep, load(1000000)) }
