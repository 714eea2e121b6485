// map_iface.go: map[interface{}]interface{}, keys and values boxed beforehand;
// 272-byte buckets.
package main

var boxes []interface{}

func prepare() {
	for i := 0; i < 9000; i++ {
		boxes = append(boxes, i*3)
	}
}

func work() {
	m := make(map[interface{}]interface{})
	if *hinted {
		m = make(map[interface{}]interface{}, len(boxes))
	}
	for _, b := range boxes {
		m[b] = b
	}
	keep = append(keep, m)
}
