// none_scan.go: lines read with bufio, fields split, numbers parsed.
package main

import (
	"bufio"
	"fmt"
	"strconv"
	"strings"
)

var input string

func prepare() {
	var b strings.Builder
	for i := 0; i < 20000; i++ {
		fmt.Fprintf(&b, "%d name%d %d.25\n", i, i, i)
	}
	input = b.String()
}

type line struct {
	id   int
	name string
	cost float64
}

func work() {
	var lines []*line
	s := bufio.NewScanner(strings.NewReader(input))
	for s.Scan() {
		f := strings.Fields(s.Text())
		id, _ := strconv.Atoi(f[0])
		cost, _ := strconv.ParseFloat(f[2], 64)
		lines = append(lines, &line{id, f[1], cost})
	}
	keep = append(keep, lines)
}
