package main

import (
	"runtime"
	"runtime/debug"
	"strconv"
)

type keys struct {
	num []int64
	str []string
}

var (
	insert, probe, absent keys
	num                   map[int64]int64
	str                   map[string]int64
	dead                  int
	passes                = 1 // over a small map: the clock costs nothing
)

func makeKeys(j *job, number []uint64) keys {
	var k keys
	if !j.str {
		k.num = make([]int64, len(number))
		for i, x := range number {
			k.num[i] = int64(mix(x))
		}
		return k
	}
	// The bytes lie side by side, as in the other peers.
	text := make([]byte, 0, len(number)*24)
	k.str = make([]string, len(number))
	ends := make([]int, len(number))
	for i, x := range number {
		text = append(text, "key"...)
		text = strconv.AppendUint(text, x, 10)
		ends[i] = len(text)
		text = append(text, 0)
	}
	all := string(text)
	from := 0
	for i, to := range ends {
		k.str[i] = all[from:to]
		from = to + 1
	}
	return k
}

func numbers(n int, shuffled bool) []uint64 {
	number := make([]uint64, n)
	for i := range number {
		at := i
		if shuffled {
			at = int(mix(uint64(i)) % uint64(i+1))
		}
		number[i] = number[at]
		number[at] = uint64(i)
	}
	return number
}

func put(k keys) {
	for i, key := range k.num {
		num[key] = int64(i)
	}
	for i, key := range k.str {
		str[key] = int64(i)
	}
}

func grow(j *job) {
	if j.str {
		str = make(map[string]int64)
	} else {
		num = make(map[int64]int64)
	}
	put(insert)
}

func prealloc(j *job) {
	if j.str {
		str = make(map[string]int64, j.n)
	} else {
		num = make(map[int64]int64, j.n)
	}
	put(insert)
}

func get(k keys) {
	var sum int64
	for pass := 0; pass < passes; pass++ {
		for _, key := range k.num {
			sum += num[key]
		}
		for _, key := range k.str {
			sum += str[key]
		}
	}
	sink += uint64(sum)
}

func del(k keys) {
	for _, key := range k.num {
		delete(num, key)
	}
	for _, key := range k.str {
		delete(str, key)
	}
}

func sum() {
	var total int64
	for pass := 0; pass < passes; pass++ {
		for k, v := range num {
			total += k + v
		}
		for k, v := range str {
			total += int64(len(k)) + v
		}
	}
	sink += uint64(total)
}

func mapStart(j *job) bool {
	insert = makeKeys(j, numbers(j.n, false))
	if j.op == "grow" || j.op == "prealloc" {
		return true
	}
	grow(j)
	if j.op != "delete" {
		passes += 100000 / j.n
	}
	number := numbers(j.n, true)
	probe = makeKeys(j, number)
	for i := range number {
		number[i] += uint64(j.n)
	}
	absent = makeKeys(j, number)
	runtime.GC()
	return true
}

// Small maps are collected many at a time.
func drop(j *job) {
	num, str = nil, nil
	if dead += j.n; dead >= 100000 {
		dead = 0
		runtime.GC()
	}
}

func mapBatch(j *job) float64 {
	switch j.op {
	case "grow":
		ns := timed(func() { grow(j) })
		drop(j)
		return ns
	case "prealloc":
		ns := timed(func() { prealloc(j) })
		drop(j)
		return ns
	case "hit":
		return timed(func() { get(probe) })
	case "miss":
		return timed(func() { get(absent) })
	case "iterate":
		return timed(sum)
	}
	ns := timed(func() { del(probe) })
	put(probe)
	return ns
}

func mapRound(j *job, r *result) {
	for {
		r.ns += mapBatch(j)
		r.ops += j.n * passes
		if r.ns >= float64(j.mintime) {
			return
		}
	}
}

// The growth curve: keys are made on the way, so that the memory used is the
// map's own; the collector at its default.
func curveStart(j *job) bool {
	debug.SetGCPercent(100)
	return true
}

func curveRound(j *job, r *result) {
	r.ns = timed(func() {
		num = make(map[int64]int64)
		for i := 0; i < j.n; i++ {
			num[int64(mix(uint64(i)))] = int64(i)
		}
	})
	r.ops = j.n
	u := usage()
	r.rss = int(u.Maxrss) << 10
}

type marked struct {
	p, q *int64
	v    [4]int64
}

var graph map[string]*marked

func markStart(j *job) bool {
	graph = make(map[string]*marked)
	for i := 0; i < j.n; i++ {
		graph["key"+strconv.Itoa(i)] = new(marked)
	}
	runtime.GC()
	return true
}

// All processor time of a collection that finds nothing to free, an object.
func markRound(j *job, r *result) {
	r.ns = cpuTimed(runtime.GC)
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	r.ops = int(stats.HeapObjects)
}
