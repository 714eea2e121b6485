// none_strings.go: strings joined, built and split.
package main

import (
	"strings"
)

func prepare() {}

func work() {
	s := ""
	for i := 0; i < 300; i++ {
		s += "abc "
	}
	var b strings.Builder
	for i := 0; i < 50000; i++ {
		b.WriteString("line of text\n")
	}
	lines := strings.Split(b.String(), "\n")
	for i := range lines {
		lines[i] = strings.ToUpper(lines[i])
	}
	keep = append(keep, s, lines)
}
