// map_string_string.go: a method that fills a map field; 272-byte buckets.
package main

import "strconv"

var names []string

func prepare() {
	for i := 0; i < 5000; i++ {
		names = append(names, "name"+strconv.Itoa(i))
	}
}

type registry struct {
	addr map[string]string
	hits int
}

func newRegistry(n int) *registry {
	if *hinted {
		return &registry{addr: make(map[string]string, n)}
	}
	return &registry{addr: make(map[string]string)}
}

//go:noinline
func (r *registry) set(name, addr string) {
	r.hits++
	r.addr[name] = addr
}

func work() {
	r := newRegistry(len(names))
	for i, n := range names {
		r.set(n, names[len(names)-1-i])
	}
	keep = append(keep, r)
}
