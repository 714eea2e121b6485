// none_append_int.go: slices of numbers grown by append.
package main

func prepare() {}

func squares(n int) []int {
	var s []int
	for i := 0; i < n; i++ {
		s = append(s, i*i)
	}
	return s
}

func work() {
	keep = append(keep, squares(200000))
	for i := 0; i < 100; i++ {
		keep = append(keep, squares(50+i))
	}
}
