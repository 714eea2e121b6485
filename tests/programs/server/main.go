// Program server fills a map of 20,000 strings and serves its own profile, for
// tests that look at a running program. Its first line is its address.
package main

import (
	"fmt"
	"net"
	"net/http"
	_ "net/http/pprof"
	"os"
	"runtime"
	"strconv"
)

var every = func() bool {
	if os.Getenv("EVERY") != "" {
		runtime.MemProfileRate = 1
	}
	return runtime.MemProfileRate == 1
}()

var kept map[string]int

//go:noinline
func fill(n int) map[string]int {
	m := map[string]int{}
	for i := 0; i < n; i++ {
		m["key"+strconv.Itoa(i)] = i
	}
	return m
}

func main() {
	n := 20000
	if !every {
		n = 2000000
	}
	kept = fill(n)
	runtime.GC()
	runtime.GC()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Println("http://" + l.Addr().String())
	http.Serve(l, nil)
}
