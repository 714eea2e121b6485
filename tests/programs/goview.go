// goview: the workload goview.txt written as a Go program, with the same hash
// keys, whose heap profile `hmap replay -goview` must equal.
//
//	GODEBUG=cpu.aes=off GOGC=off goview FILE
package main

import (
	"os"
	"runtime"
	"runtime/pprof"
	"unsafe"
)

//go:linkname hashkey runtime.hashkey
var hashkey [4]uintptr

const hash0 = 42

// pin writes the hash0 of an empty map: the word at 12 of its header.
func pin(m *map[int]int) {
	*(*uint32)(unsafe.Pointer(*(*uintptr)(unsafe.Pointer(m)) + 12)) = hash0
}

//go:noinline
func makesmall(m *map[int]int) { *m = make(map[int]int) }

//go:noinline
func make_(m *map[int]int, hint int) { *m = make(map[int]int, hint) }

//go:noinline
func insert(m map[int]int, from, to int) {
	for k := from; k < to; k++ {
		m[k] = k
	}
}

var grown, hinted map[int]int

func main() {
	runtime.MemProfileRate = 1
	key := hashkey
	hashkey = [4]uintptr{1, 1, 1, 1}
	makesmall(&grown)
	pin(&grown)
	insert(grown, 0, 1000)
	make_(&hinted, 500)
	pin(&hinted)
	insert(hinted, 0, 700)
	runtime.MemProfileRate = 0
	hashkey = key
	for i := 0; i < 3; i++ {
		runtime.GC()
	}
	f, err := os.Create(os.Args[1])
	if err != nil {
		panic(err)
	}
	runtime.MemProfileRate = 1 // the writer scales by it
	if err := pprof.Lookup("heap").WriteTo(f, 0); err != nil {
		panic(err)
	}
	f.Close()
	runtime.KeepAlive(grown)
	runtime.KeepAlive(hinted)
}
