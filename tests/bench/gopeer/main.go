// The rows of the benchmark on the Go runtime that builds this: the protocol of
// benchjob.h, and the same loops as the peers in C.
package main

import (
	"bufio"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
	"time"
	"unsafe"
)

type job struct {
	kind, op                   string
	size, ws, n, rate, mintime int
	threads, depth, stacks     int
	scan, str                  bool
}

type result struct {
	ns          float64
	ops         int
	rss, stacks int
}

type loop struct {
	start func(*job) bool
	round func(*job, *result)
}

var loops = map[string]loop{
	"alloc": {allocStart, allocRound},
	"ring":  {ringStart, ringRound},
	"trace": {traceStart, traceRound},
	"map":   {mapStart, mapRound},
	"curve": {curveStart, curveRound},
	"mark":  {markStart, markRound},
}

var (
	sink     uint64
	cpuClock bool
)

func parse(args []string) *job {
	j := &job{kind: args[0], mintime: 10000000, threads: 1}
	ints := map[string]*int{
		"size": &j.size, "ws": &j.ws, "n": &j.n, "rate": &j.rate,
		"mintime": &j.mintime, "threads": &j.threads, "depth": &j.depth,
		"stacks": &j.stacks,
	}
	for _, arg := range args[1:] {
		name, value, _ := strings.Cut(arg, "=")
		v, _ := strconv.Atoi(value)
		switch {
		case ints[name] != nil:
			*ints[name] = v
		case name == "op":
			j.op = value
		case name == "scan":
			j.scan = v != 0
		case name == "str":
			j.str = v != 0
		case name == "cpu" && v != 0:
			cpuClock = true
			runtime.LockOSThread()
		}
	}
	return j
}

// threadTime is the processor time of this thread, in ns.
func threadTime() int64 {
	const clockThreadCPUTime = 3
	var t syscall.Timespec
	syscall.Syscall(syscall.SYS_CLOCK_GETTIME, clockThreadCPUTime,
		uintptr(unsafe.Pointer(&t)), 0)
	return t.Nano()
}

//go:noinline
func timed(body func()) float64 {
	if cpuClock {
		from := threadTime()
		body()
		return float64(threadTime() - from)
	}
	from := time.Now()
	body()
	return float64(time.Since(from).Nanoseconds())
}

func usage() syscall.Rusage {
	var u syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return u
}

func cpuTimed(body func()) float64 {
	from := usage()
	body()
	to := usage()
	return float64(to.Utime.Nano() + to.Stime.Nano() -
		from.Utime.Nano() - from.Stime.Nano())
}

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: peer_go KIND name=value…")
		os.Exit(2)
	}
	j := parse(os.Args[1:])
	runtime.MemProfileRate = j.rate
	debug.SetGCPercent(-1)
	l, ok := loops[j.kind]
	if !ok || !l.start(j) {
		fmt.Println("none")
		return
	}
	fmt.Println("ready", runtime.Version())
	in := bufio.NewReader(os.Stdin)
	for {
		if _, err := in.ReadString('\n'); err != nil {
			return
		}
		var r result
		l.round(j, &r)
		fmt.Printf("%.1f %d", r.ns, r.ops)
		if r.rss != 0 {
			fmt.Printf(" rss=%d", r.rss)
		}
		if r.stacks != 0 {
			fmt.Printf(" stacks=%d", r.stacks)
		}
		fmt.Println()
	}
}

// mix is splitmix64's finalizer: key number x of all peers.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
