// Package fill has one map that grows and one slice, for tests of `hmap test`.
package fill

import "strconv"

func words(n int) map[string]int {
	m := map[string]int{}
	for i := 0; i < n; i++ {
		m["key"+strconv.Itoa(i)] = i
	}
	return m
}
