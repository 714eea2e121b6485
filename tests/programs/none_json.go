// none_json.go: JSON decoded into structs and slices.
package main

import (
	"encoding/json"
	"fmt"
	"strings"
)

type user struct {
	ID    int
	Name  string
	Tags  []string
	Score float64
}

var document []byte

func prepare() {
	var b strings.Builder
	b.WriteString("[")
	for i := 0; i < 5000; i++ {
		if i > 0 {
			b.WriteString(",")
		}
		fmt.Fprintf(&b, `{"ID":%d,"Name":"user %d","Tags":["a","b","c"],"Score":%d.5}`, i, i, i)
	}
	b.WriteString("]")
	document = []byte(b.String())
}

func work() {
	var users []user
	if err := json.Unmarshal(document, &users); err != nil {
		panic(err)
	}
	again, err := json.Marshal(users)
	if err != nil {
		panic(err)
	}
	keep = append(keep, users, again)
}
