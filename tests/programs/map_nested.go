// map_nested.go: map[string]map[string]int: 300 inner maps of 40 entries made and
// filled on lines of their own, and the outer one.
package main

import "strconv"

var labels []string

func prepare() {
	for i := 0; i < 300; i++ {
		labels = append(labels, "label"+strconv.Itoa(i))
	}
}

func matrix() map[string]map[string]int {
	var outer map[string]map[string]int
	if *hinted {
		outer = make(map[string]map[string]int, len(labels))
	} else {
		outer = make(map[string]map[string]int)
	}
	for _, a := range labels {
		var inner map[string]int
		if *hinted {
			inner = make(map[string]int, 40)
		} else {
			inner = make(map[string]int)
		}
		for _, b := range labels[:40] {
			inner[b] = len(a)
		}
		outer[a] = inner
	}
	return outer
}

func work() { keep = append(keep, matrix()) }
