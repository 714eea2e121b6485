// map_string_int.go: words counted in a map[string]int; 208-byte buckets.
package main

import "strconv"

var words []string

func prepare() {
	for i := 0; i < 60000; i++ {
		words = append(words, "word"+strconv.Itoa(i%20000))
	}
}

func count(words []string) map[string]int {
	counts := make(map[string]int)
	if *hinted {
		counts = make(map[string]int, 20000)
	}
	for _, w := range words {
		counts[w]++
	}
	return counts
}

func work() { keep = append(keep, count(words)) }
