// map_group.go: m[k] = append(m[k], x): one line that grows a map and slices;
// map[string][]string has 336-byte buckets.
package main

import "strconv"

var keys []string

func prepare() {
	for i := 0; i < 3000; i++ {
		keys = append(keys, "key"+strconv.Itoa(i))
	}
}

func group(keys []string) map[string][]string {
	m := make(map[string][]string)
	if *hinted {
		m = make(map[string][]string, len(keys))
	}
	for round := 0; round < 5; round++ {
		for _, k := range keys {
			m[k] = append(m[k], k)
		}
	}
	return m
}

func work() { keep = append(keep, group(keys)) }
