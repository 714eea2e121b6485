// map_uint32_ptr.go: an index of records by number, map[uint32]*record;
// 112-byte buckets. The records are allocated on another line.
package main

func prepare() {}

type record struct {
	id   uint32
	name string
	next *record
}

func index(n int) map[uint32]*record {
	var m map[uint32]*record
	if *hinted {
		m = make(map[uint32]*record, n)
	} else {
		m = make(map[uint32]*record)
	}
	for i := 0; i < n; i++ {
		r := &record{id: uint32(i)}
		m[r.id*2654435761] = r
	}
	return m
}

func work() { keep = append(keep, index(30000)) }
