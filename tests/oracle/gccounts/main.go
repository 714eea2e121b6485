// gccounts counts the collections of small programs, one each run: what the
// pacer makes of them. tests/alloc/gc/test_gccounts.c has the same programs and
// compares ours with the range that record.sh measured.
package main

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"unsafe"
)

var (
	names [10000]string // of keys; their text is no heap object
	ints  map[int]int
	ptrs  map[int]*int64
	ring  [][]byte
	list  *node
	wides map[int][16]int64
	lists map[int][]int
	boxes map[string]any
	root  *tree
)

type tree struct {
	left, right *tree
	key         int
}

type node struct {
	next *node
	data [6]int64
}

//go:noinline
func fillStrings(hint int) {
	m := make(map[string]int, hint)
	for i := range names {
		m[names[i]] = i
	}
}

//go:noinline
func fillInts(hint int) {
	m := make(map[int]int, hint)
	for i := 0; i < 10000; i++ {
		m[i] = i
	}
}

func texts() {
	for i := 0; i < 100; i++ {
		fillStrings(0)
	}
}

func hinted() {
	for i := 0; i < 100; i++ {
		fillStrings(10000)
	}
}

func integers() {
	for i := 0; i < 100; i++ {
		fillInts(0)
	}
}

func growing() {
	ints = make(map[int]int)
	for i := 0; i < 1000000; i++ {
		ints[i] = i
	}
}

func pointers() {
	ptrs = make(map[int]*int64)
	for i := 0; i < 300000; i++ {
		p := new(int64)
		ptrs[i] = p
	}
}

func buffers() {
	ring = make([][]byte, 20000)
	for i := 0; i < 300000; i++ {
		ring[i%len(ring)] = make([]byte, 1000)
	}
}

func chains() {
	for i := 0; i < 20; i++ {
		list = nil
		for j := 0; j < 50000; j++ {
			list = &node{next: list}
		}
	}
}

func garbage() {
	for i := 0; i < 2000000; i++ {
		list = &node{}
	}
}

func wide() {
	for i := 0; i < 50; i++ {
		wides = make(map[int][16]int64)
		for j := 0; j < 2000; j++ {
			wides[j] = [16]int64{}
		}
	}
}

func appending() {
	lists = make(map[int][]int)
	for i := 0; i < 2000000; i++ {
		lists[i%1000] = append(lists[i%1000], i)
	}
}

func boxed() {
	for i := 0; i < 20; i++ {
		boxes = make(map[string]any)
		for j := range names {
			boxes[names[j]] = j + 1000
		}
	}
}

func plant(depth int) *tree {
	t := &tree{key: depth}
	if depth > 1 {
		t.left = plant(depth - 1)
		t.right = plant(depth - 1)
	}
	return t
}

func trees() {
	for i := 0; i < 30; i++ {
		root = nil
		root = plant(15)
	}
}

var programs = map[string]func(){"texts": texts, "hinted": hinted,
	"integers": integers, "growing": growing, "pointers": pointers,
	"buffers": buffers, "chains": chains, "garbage": garbage, "wide": wide,
	"appending": appending, "boxed": boxed, "trees": trees}

func main() {
	for i := range names {
		names[i] = key(i)
	}
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	programs[os.Args[1]]()
	runtime.ReadMemStats(&after)
	fmt.Println(after.NumGC - before.NumGC)
}

var space [10000 * 8]byte

// key gives "key" and i as bytes that are no heap object.
func key(i int) string {
	b := space[i*8 : i*8+8]
	n := copy(b, "key")
	n += copy(b[n:], strconv.Itoa(i))
	b = b[:n]
	return *(*string)(unsafe.Pointer(&b))
}
