// none_append_struct.go: slices of structs as large as a map's buckets: 144 and
// 208 bytes, grown by append; some stop at 1, 2, 4 and 8 elements.
package main

func prepare() {}

type point [18]int64
type edge [26]int64

func points(n int) (s []point) {
	for i := 0; i < n; i++ {
		s = append(s, point{int64(i)})
	}
	return s
}

func edges(n int) (s []edge) {
	for i := 0; i < n; i++ {
		s = append(s, edge{int64(i)})
	}
	return s
}

func work() {
	for i := 0; i < 500; i++ {
		keep = append(keep, points(1+i%8), edges(1+i%8))
	}
	keep = append(keep, points(20000), edges(3000))
}
