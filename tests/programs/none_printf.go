// none_printf.go: formatting, regular expressions, compression.
package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"regexp"
)

func prepare() {}

func work() {
	re := regexp.MustCompile(`(\w+)=(\d+)`)
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	for i := 0; i < 2000; i++ {
		s := fmt.Sprintf("key%d=%d value=%08x %v", i, i*i, i, []int{i, i + 1})
		keep = append(keep, re.FindAllStringSubmatch(s, -1))
		fmt.Fprintln(z, s)
	}
	z.Close()
	keep = append(keep, b.Bytes())
}
