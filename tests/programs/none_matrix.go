// none_matrix.go: rows of a matrix, made at once and one by one.
package main

func prepare() {}

func multiply(a, b [][]float64) [][]float64 {
	n := len(a)
	c := make([][]float64, n)
	for i := range c {
		c[i] = make([]float64, n)
		for j := range c[i] {
			for k := range b {
				c[i][j] += a[i][k] * b[k][j]
			}
		}
	}
	return c
}

func square(n int) [][]float64 {
	m := make([][]float64, n)
	for i := range m {
		m[i] = make([]float64, n)
		for j := range m[i] {
			m[i][j] = float64(i ^ j)
		}
	}
	return m
}

func work() {
	for n := 8; n <= 128; n *= 2 {
		keep = append(keep, multiply(square(n), square(n)))
	}
}
