// nomaps.go: programs without any map, drawn by a seed: slices of every kind,
// strings, trees, merge sorts, buffers. Whoever calls one of its lines a map is
// wrong.
//
//	go run nomaps.go SEED RATE FILE
package main

import (
	"bytes"
	"container/heap"
	"container/list"
	"math/rand"
	"os"
	"runtime"
	"runtime/pprof"
	"sort"
	"strconv"
	"strings"
)

var keep []interface{}

func merge(a []int) []int {
	if len(a) < 2 {
		return a
	}
	l, r := merge(a[:len(a)/2]), merge(a[len(a)/2:])
	out := make([]int, 0, len(a))
	for len(l) > 0 || len(r) > 0 {
		if len(r) == 0 || len(l) > 0 && l[0] < r[0] {
			out, l = append(out, l[0]), l[1:]
		} else {
			out, r = append(out, r[0]), r[1:]
		}
	}
	return out
}

type cell interface {
	[4]int32 | [3]int64 | [6]int64 | [10]int64 | [14]int64 | [18]int64 | [26]int64 | [34]int64
}

func grow[T cell](slices, max int) {
	for i := 0; i < slices; i++ {
		var s []T
		for j, n := 0, 1+rand.Intn(max); j < n; j++ {
			var v T
			s = append(s, v)
		}
		keep = append(keep, s)
	}
}

func growAny(slices, max int) {
	switch rand.Intn(8) {
	case 0:
		grow[[4]int32](slices, max)
	case 1:
		grow[[3]int64](slices, max)
	case 2:
		grow[[6]int64](slices, max)
	case 3:
		grow[[10]int64](slices, max)
	case 4:
		grow[[14]int64](slices, max)
	case 5:
		grow[[18]int64](slices, max)
	case 6:
		grow[[26]int64](slices, max)
	default:
		grow[[34]int64](slices, max)
	}
}

func double(from, times int) {
	b := make([]byte, from)
	for i := 0; i < times; i++ {
		n := make([]byte, 2*len(b))
		copy(n, b)
		b = n
	}
	keep = append(keep, b)
}

func doubles(buffers, from, times int) {
	for i := 0; i < buffers; i++ {
		double(from, rand.Intn(times))
	}
}

func halves(n int) {
	if n > 1 {
		b := make([]int64, n)
		halves(n / 2)
		halves(n - n/2)
		b[0] = 1
	}
}

type tree struct {
	left, right *tree
	key         int
	rest        [12]byte
}

func insert(t *tree, key int) *tree {
	if t == nil {
		return &tree{key: key}
	}
	if key < t.key {
		t.left = insert(t.left, key)
	} else {
		t.right = insert(t.right, key)
	}
	return t
}

func trees(n int) {
	var t *tree
	for i := 0; i < n; i++ {
		t = insert(t, rand.Int())
	}
	keep = append(keep, t)
}

func matrix(rows, cols int) {
	m := make([][]float64, rows)
	for i := range m {
		m[i] = make([]float64, cols)
	}
	keep = append(keep, m)
}

func anySizes(n, max int) {
	for i := 0; i < n; i++ {
		keep = append(keep, make([]byte, 1+rand.Intn(max)))
	}
}

func words(n int) {
	s := ""
	for i := 0; i < n; i++ {
		s += strconv.Itoa(i)
	}
	keep = append(keep, strings.Split(s, "7"), strings.Repeat(s, 3))
}

func buffers(n, size int) {
	for i := 0; i < n; i++ {
		var b bytes.Buffer
		for j := rand.Intn(size); j >= 0; j-- {
			b.WriteString("some text")
		}
		keep = append(keep, b.String())
	}
}

type ints []int

func (h ints) Len() int           { return len(h) }
func (h ints) Less(i, j int) bool { return h[i] < h[j] }
func (h ints) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *ints) Push(x any)        { *h = append(*h, x.(int)) }
func (h *ints) Pop() any          { x := (*h)[len(*h)-1]; *h = (*h)[:len(*h)-1]; return x }

func queue(n int) {
	h := &ints{}
	for i := 0; i < n; i++ {
		heap.Push(h, rand.Intn(n))
	}
	l := list.New()
	for h.Len() > 0 {
		l.PushBack(heap.Pop(h))
	}
	keep = append(keep, l)
}

func sorted(n int) {
	s := make([]string, n)
	for i := range s {
		s[i] = strconv.Itoa(rand.Int())
	}
	sort.Strings(s)
	keep = append(keep, s)
}

func channels(n int) {
	for i := 0; i < n; i++ {
		c := make(chan [3]int, 1<<rand.Intn(8))
		keep = append(keep, c)
	}
}

func main() {
	seed, _ := strconv.Atoi(os.Args[1])
	rate, _ := strconv.Atoi(os.Args[2])
	rand.Seed(int64(seed))
	runtime.MemProfileRate = rate
	kinds := []func(){
		func() { merge(rand.Perm(1 + rand.Intn(40000))) },
		func() { growAny(1+rand.Intn(500), 1+rand.Intn(300)) },
		func() { growAny(1, 1+rand.Intn(20000)) },
		func() { doubles(1+rand.Intn(50), 1+rand.Intn(400), 1+rand.Intn(12)) },
		func() { halves(1 + rand.Intn(30000)) },
		func() { trees(1 + rand.Intn(5000)) },
		func() { matrix(1+rand.Intn(200), 1+rand.Intn(500)) },
		func() { anySizes(1+rand.Intn(2000), 1+rand.Intn(20000)) },
		func() { words(1 + rand.Intn(2000)) },
		func() { buffers(1+rand.Intn(200), 1+rand.Intn(500)) },
		func() { queue(1 + rand.Intn(5000)) },
		func() { sorted(1 + rand.Intn(5000)) },
		func() { channels(1 + rand.Intn(500)) },
	}
	for i := 1 + rand.Intn(4); i > 0; i-- {
		kinds[rand.Intn(len(kinds))]()
	}
	runtime.GC()
	f, err := os.Create(os.Args[3])
	if err != nil {
		panic(err)
	}
	pprof.Lookup("allocs").WriteTo(f, 0)
	f.Close()
}
