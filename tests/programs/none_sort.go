// none_sort.go: sorting slices of numbers, strings and structs.
package main

import (
	"sort"
	"strconv"
)

func prepare() {}

type row struct {
	key   string
	value int
}

func work() {
	rows := make([]row, 20000)
	for i := range rows {
		rows[i] = row{strconv.Itoa(i * 7919 % 20011), i}
	}
	sort.Slice(rows, func(i, j int) bool { return rows[i].key < rows[j].key })
	names := make([]string, 0, len(rows))
	for _, r := range rows {
		names = append(names, r.key)
	}
	sort.Sort(sort.Reverse(sort.StringSlice(names)))
	keep = append(keep, rows, names)
}
