// map_many_small.go: 2,000 maps of 20 entries each; map[int]int, B = 2.
package main

func prepare() {}

func row(i int) map[int]int {
	var m map[int]int
	if *hinted {
		m = make(map[int]int, 20)
	} else {
		m = make(map[int]int)
	}
	for j := 0; j < 20; j++ {
		m[i+j] = j
	}
	return m
}

func work() {
	rows := make([]map[int]int, 2000)
	for i := range rows {
		rows[i] = row(i)
	}
	keep = append(keep, rows)
}
