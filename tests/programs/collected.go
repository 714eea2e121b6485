// collected.go: maps that grow while collections run: what a collection begins
// with is made below whatever call allocates then, also below a map's. Recorded
// as tests/golden/profiles/go1.24/collected.pb.gz by
//
//	GOEXPERIMENT=noswissmap go1.24 build -trimpath collected.go
//	./collected collected.pb.gz
package main

import (
	"os"
	"runtime"
	"runtime/pprof"
)

func count() map[int]int {
	m := map[int]int{}
	for i := 0; i < 60000; i++ {
		m[i*7] = i
	}
	return m
}

func small() (all []map[string]int) {
	for i := 0; i < 50000; i++ {
		m := map[string]int{}
		m["a"] = i
		all = append(all, m)
	}
	return all
}

func main() {
	runtime.MemProfileRate = 1
	m, all := count(), small()
	runtime.GC()
	f, err := os.Create(os.Args[1])
	if err != nil {
		panic(err)
	}
	pprof.Lookup("heap").WriteTo(f, 0)
	f.Close()
	runtime.KeepAlive(m)
	runtime.KeepAlive(all)
}
