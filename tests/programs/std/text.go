package main

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
)

// regexps compiles expressions and searches source text by them.
func regexps() func() {
	text, err := os.ReadFile(goFiles("strconv")[0])
	must(err)
	exprs := []string{`func (\w+)\(`, `(?i)[a-z_]{4,12}\d*`, `\bif\b.*\{`,
		`(a|b|c|de|fg)+h?`, `^\s*//(.*)$`, `("[^"]*"|'[^']*')`}
	return func() {
		words := map[string][]int{}
		for _, e := range exprs {
			re := regexp.MustCompile(`(?m)` + e)
			for i, m := range re.FindAllSubmatch(text, -1) {
				words[string(m[0])] = append(words[string(m[0])], i)
			}
			re.ReplaceAllString(string(text), "<$0>")
		}
		for i := 0; i < 100; i++ {
			regexp.MustCompile(fmt.Sprintf(`(x%d|y[a-z]{%d})*\pL+`, i, i%9+1))
		}
	}
}

// requests parses requests with headers, queries, forms and cookies.
func requests() func() {
	var stream strings.Builder
	for i := 0; i < 1000; i++ {
		form := url.Values{}
		for j := 0; j < i%30; j++ {
			form.Add(fmt.Sprint("field", j), fmt.Sprint(i*j))
		}
		body := form.Encode()
		fmt.Fprintf(&stream, "POST /p%d?%s HTTP/1.1\r\nHost: a.example\r\n"+
			"Content-Type: application/x-www-form-urlencoded\r\n"+
			"Cookie: a=%d; b=2\r\nContent-Length: %d\r\n", i, body, i, len(body))
		for j := 0; j < i%19; j++ {
			fmt.Fprintf(&stream, "X-Header-%d: %d\r\n", j, i)
		}
		stream.WriteString("\r\n" + body)
	}
	text := stream.String()
	return func() {
		r := bufio.NewReader(strings.NewReader(text))
		seen := map[string]int{}
		for {
			req, err := http.ReadRequest(r)
			if err == io.EOF {
				break
			}
			must(err)
			must(req.ParseForm())
			for k := range req.Form {
				seen[k]++
			}
			for _, c := range req.Cookies() {
				seen[c.Name+c.Value]++
			}
		}
	}
}
