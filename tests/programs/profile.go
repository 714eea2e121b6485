// profile.go: what every test program shares: it runs the workload of its
// main file and writes the heap profile that hmap's tests read.
//
//	go build -o prog profile.go NAME.go
//	prog [-rate N] [-hint] [-o FILE] [-text] [-measure] [-times N]
//
// -hint makes every map that the program knows the size of with that size;
// -measure prints what the workload allocated, as runtime.MemStats counts it.
package main

import (
	"flag"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
)

var (
	rate    = flag.Int("rate", 1, "runtime.MemProfileRate")
	hinted  = flag.Bool("hint", false, "make maps with their size")
	out     = flag.String("o", "", "write the profile here")
	text    = flag.Bool("text", false, "write debug=1 text")
	measure = flag.Bool("measure", false, "print what was allocated")
	times   = flag.Int("times", 1, "run the workload so often")
)

// keep holds what the workload made, so that inuse figures mean something.
var keep []interface{}

func main() {
	runtime.MemProfileRate = 0
	flag.Parse()
	debug.SetGCPercent(-1)
	prepare()
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	runtime.MemProfileRate = *rate
	for i := 0; i < *times; i++ {
		work()
	}
	runtime.MemProfileRate = 0
	runtime.ReadMemStats(&after)
	if *measure {
		fmt.Println(after.Mallocs-before.Mallocs, after.TotalAlloc-before.TotalAlloc)
	}
	if *out != "" {
		write()
	}
}

func write() {
	runtime.GC()
	runtime.MemProfileRate = *rate // the writer scales by it
	f, err := os.Create(*out)
	if err != nil {
		panic(err)
	}
	level := 0
	if *text {
		level = 1
	}
	if err := pprof.Lookup("heap").WriteTo(f, level); err != nil {
		panic(err)
	}
	f.Close()
}
