// map_json.go: a map that package json fills, through reflect: the line that
// grows it is not the program's own; 208-byte buckets.
package main

import (
	"encoding/json"
	"strconv"
)

var doc []byte

func prepare() {
	doc = append(doc, '{')
	for i := 0; i < 5000; i++ {
		if i > 0 {
			doc = append(doc, ',')
		}
		doc = append(doc, `"key`+strconv.Itoa(i)+`":`+strconv.Itoa(i)...)
	}
	doc = append(doc, '}')
}

func decode() map[string]int {
	m := make(map[string]int)
	if *hinted {
		m = make(map[string]int, 5000)
	}
	if err := json.Unmarshal(doc, &m); err != nil {
		panic(err)
	}
	return m
}

func work() { keep = append(keep, decode()) }
