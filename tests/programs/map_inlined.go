// map_inlined.go: the assignment stands in a method that the compiler inlines;
// two maps of different types grow on two of its lines.
package main

import "strconv"

var ids []string

func prepare() {
	for i := 0; i < 4000; i++ {
		ids = append(ids, strconv.Itoa(i))
	}
}

type table struct {
	byName map[string]int32
	byNum  map[int32]string
}

func (t *table) add(name string, num int32) {
	t.byName[name] = num
	t.byNum[num] = name
}

func work() {
	t := &table{}
	if *hinted {
		t.byName = make(map[string]int32, len(ids))
		t.byNum = make(map[int32]string, len(ids))
	} else {
		t.byName = make(map[string]int32)
		t.byNum = make(map[int32]string)
	}
	for i, id := range ids {
		t.add(id, int32(i))
	}
	keep = append(keep, t)
}
