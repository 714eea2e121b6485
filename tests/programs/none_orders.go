// none_orders.go: structs as large as a map's header, each with a slice that
// grows by append, of elements as large as a bucket.
package main

func prepare() {}

type item struct{ fields [26]int64 }

type order struct {
	id    int
	owner string
	items []item
}

type line struct{ fields [18]int64 }

type invoice struct {
	id    int
	owner string
	lines []line
}

func orders(n int) (all []*order) {
	for i := 0; i < n; i++ {
		o := &order{id: i}
		for j := 0; j < 1+i%12; j++ {
			o.items = append(o.items, item{})
		}
		all = append(all, o)
	}
	return all
}

func invoices(n int) (all []*invoice) {
	for i := 0; i < n; i++ {
		v := &invoice{id: i}
		for j := 0; j < 3+i%9; j++ {
			v.lines = append(v.lines, line{})
		}
		all = append(all, v)
	}
	return all
}

func work() { keep = append(keep, orders(400), invoices(300)) }
