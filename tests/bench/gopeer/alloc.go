package main

import (
	"runtime"
	"runtime/debug"
	"sync"
	"time"
	"unsafe"
)

var (
	fill  filler
	holds [][]unsafe.Pointer
)

func allocPrepare(j *job) bool {
	if j.scan {
		fill = scanFillers[j.size]
	} else {
		fill = noscanFillers[j.size]
	}
	return fill != nil
}

// Rows "alloc": fill the working set, timed; let go of it, not timed.
func allocStart(j *job) bool {
	if !allocPrepare(j) {
		return false
	}
	for i := 0; i < j.threads; i++ {
		holds = append(holds, make([]unsafe.Pointer, j.ws/j.size/j.threads))
	}
	return true
}

func fillOne() {
	fill(holds[0])
}

// fillAll fills all of holds at once, each on a thread of its own that is there
// before any begins. It returns the time from the first begin to the last end.
func fillAll() float64 {
	if len(holds) == 1 {
		return timed(fillOne)
	}
	var ready, done sync.WaitGroup
	begin := make(chan struct{})
	from := make([]time.Time, len(holds))
	to := make([]time.Time, len(holds))
	ready.Add(len(holds))
	done.Add(len(holds))
	for i := range holds {
		go func(i int) {
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			ready.Done()
			<-begin
			from[i] = time.Now()
			fill(holds[i])
			to[i] = time.Now()
			done.Done()
		}(i)
	}
	ready.Wait()
	close(begin)
	done.Wait()
	first, last := from[0], to[0]
	for i := range holds {
		if from[i].Before(first) {
			first = from[i]
		}
		if to[i].After(last) {
			last = to[i]
		}
	}
	return float64(last.Sub(first).Nanoseconds())
}

func release(hold []unsafe.Pointer) {
	for i := range hold {
		hold[i] = nil
	}
}

func allocRound(j *job, r *result) {
	for {
		r.ns += fillAll()
		r.ops += len(holds[0])
		for i := range holds {
			release(holds[i])
		}
		runtime.GC()
		if r.ns >= float64(j.mintime) {
			return
		}
	}
}

// Rows "ring": live objects replaced one after the other, four times round,
// with the collector at its default.
func ringStart(j *job) bool {
	if !allocStart(j) {
		return false
	}
	debug.SetGCPercent(100)
	fill(holds[0])
	return true
}

func ringRound(j *job, r *result) {
	r.ns = timed(func() {
		for turn := 0; turn < 4; turn++ {
			fill(holds[0])
		}
	})
	r.ops = 4 * len(holds[0])
}

// Rows "trace": the allocation stands under depth calls, along one of stacks
// different ways: each call is made from one of four places.
//
//go:noinline
func descend(depth int, way uint64) unsafe.Pointer {
	if depth <= 1 {
		return unsafe.Pointer(new([64]byte))
	}
	switch way & 3 {
	case 0:
		return descend(depth-1, way>>2)
	case 1:
		return descend(depth-1, way>>2)
	case 2:
		return descend(depth-1, way>>2)
	}
	return descend(depth-1, way>>2)
}

func traceStart(j *job) bool {
	n := 20000
	if j.stacks > n {
		n = j.stacks
	}
	holds = [][]unsafe.Pointer{make([]unsafe.Pointer, n)}
	return j.size == 64
}

func traceRound(j *job, r *result) {
	hold := holds[0]
	r.ns = timed(func() {
		s := 0
		for i := range hold {
			hold[i] = descend(j.depth, uint64(s)*0x9e3779b1)
			if s++; s == j.stacks {
				s = 0
			}
		}
	})
	r.ops = len(hold)
	release(hold)
	runtime.GC()
	r.stacks, _ = runtime.MemProfile(nil, true)
}
