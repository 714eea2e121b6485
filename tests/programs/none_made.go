// none_made.go: maps that do not grow: made with their size, on the heap and on
// the stack, and small ones that stay in their first bucket.
package main

func prepare() {}

var entries int

func local(n int) {
	m := make(map[int]int, n)
	for i := 0; i < n; i++ {
		m[i] = i
	}
	entries += len(m)
}

func made(n int) map[uint64]string {
	m := make(map[uint64]string, n)
	for i := 0; i < n; i++ {
		m[uint64(i)] = ""
	}
	return m
}

func small(n int) (all []map[string]interface{}) {
	for i := 0; i < n; i++ {
		m := make(map[string]interface{})
		m["ok"] = true
		m["name"] = "none"
		all = append(all, m)
	}
	return all
}

func work() {
	local(400000)
	keep = append(keep, made(300000), small(2000))
}
