// map_lines.go: one map that grows on three lines of two functions: each allocates
// the arrays of those moments when it is its turn to insert; 336-byte buckets.
package main

import "strconv"

var ids []string

func prepare() {
	for i := 0; i < 12000; i++ {
		ids = append(ids, "id"+strconv.Itoa(i))
	}
}

type state struct {
	round int
	kind  string
}

func load(m map[string]state, ids []string) {
	for _, id := range ids {
		m[id] = state{kind: "old"}
	}
}

func update(m map[string]state, ids []string) {
	for i, id := range ids {
		if i%3 == 0 {
			m[id] = state{round: i, kind: "third"}
		} else {
			m[id] = state{round: i, kind: "other"}
		}
	}
}

func work() {
	m := make(map[string]state)
	if *hinted {
		m = make(map[string]state, len(ids))
	}
	load(m, ids[:1000])
	update(m, ids)
	keep = append(keep, m)
}
