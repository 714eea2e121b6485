// map_pair.go: two maps of different types grow on one line, one with pointers
// and one without: map[string]int32 has 176-byte buckets, map[int32]bool 56.
package main

import "strconv"

var names []string

func prepare() {
	for i := 0; i < 3000; i++ {
		names = append(names, "name"+strconv.Itoa(i))
	}
}

func number() (map[string]int32, map[int32]bool) {
	num, used := make(map[string]int32), make(map[int32]bool)
	if *hinted {
		num = make(map[string]int32, len(names))
		used = make(map[int32]bool, len(names))
	}
	for i, s := range names {
		num[s], used[int32(i)] = int32(i), true
	}
	return num, used
}

func work() {
	num, used := number()
	keep = append(keep, num, used)
}
