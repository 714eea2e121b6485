// The oracle for maps that many goroutines write to: runs the programs of the
// scenario sync-map on real Go, RUNS times each in a process of its own, and
// prints for each chain the least and the most objects that a run allocated.
// Left out is what a goroutine that waits for a lock costs (acquireSudog): a
// task of ours keeps its thread instead.
//
//	threemaps RUNS TASKS WRITES
package main

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"sort"
	"strconv"
	"strings"
	"sync"
	"time"
)

const smallInts = 256 // these need no box

type crowd struct {
	tasks, writes int
	ownKeys       bool
}

func (c *crowd) key(task, i int) int {
	if c.ownKeys {
		return smallInts + task*c.writes + i
	}
	return smallInts + i
}

func (c *crowd) value(task, i int) int {
	return smallInts + task*c.writes + i
}

var (
	mu      sync.RWMutex
	locked  map[any]any
	synced  *sync.Map
	sharded *ShardMap
)

//go:noinline
func writeLocked(c *crowd, task int, wg *sync.WaitGroup) {
	for i := 0; i < c.writes; i++ {
		var key, value any = c.key(task, i), c.value(task, i)
		mu.Lock()
		locked[key] = value
		mu.Unlock()
	}
	wg.Done()
}

//go:noinline
func writeSync(c *crowd, task int, wg *sync.WaitGroup) {
	for i := 0; i < c.writes; i++ {
		synced.Store(c.key(task, i), c.value(task, i))
	}
	wg.Done()
}

//go:noinline
func writeSharded(c *crowd, task int, wg *sync.WaitGroup) {
	for i := 0; i < c.writes; i++ {
		sharded.Store(c.key(task, i), c.value(task, i))
	}
	wg.Done()
}

// ShardMap is a map in parts, each with its own lock.
type ShardMap struct {
	seed   uint64
	shards [32]struct {
		mu sync.RWMutex
		m  map[int]int
	}
}

// mix spreads keys over shards, differently in each run.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

//go:noinline
func (s *ShardMap) Init() {
	s.seed = uint64(time.Now().UnixNano())
	for i := range s.shards {
		s.shards[i].m = make(map[int]int)
	}
}

//go:noinline
func (s *ShardMap) Store(key, value int) {
	shard := &s.shards[mix(s.seed+uint64(key))>>59]
	shard.mu.Lock()
	shard.m[key] = value
	shard.mu.Unlock()
}

//go:noinline
func makeMap(which string) {
	switch which {
	case "locked":
		locked = make(map[any]any)
	case "sync":
		synced = new(sync.Map)
	case "sharded":
		sharded.Init()
	}
}

var programs = map[string]func(c *crowd, task int, wg *sync.WaitGroup){
	"locked": writeLocked, "sync": writeSync, "sharded": writeSharded,
}

// one run: prints "objects chain" lines, and the total of them.
func one(which string, c *crowd) {
	program := programs[which]
	sharded = new(ShardMap)
	var wg sync.WaitGroup
	wg.Add(c.tasks)
	runtime.GC()
	runtime.MemProfileRate = 1
	makeMap(which)
	for i := 0; i < c.tasks; i++ {
		go program(c, i, &wg)
	}
	wg.Wait()
	runtime.MemProfileRate = 0
	runtime.GC()
	runtime.GC()
	records := make([]runtime.MemProfileRecord, 10000)
	n, ok := runtime.MemProfile(records, true)
	if !ok {
		panic("too many records")
	}
	out := bufio.NewWriter(os.Stdout)
	total := int64(0)
	for i := range records[:n] {
		chain := chainOf(records[i].Stack())
		if chain != "" && !strings.HasPrefix(chain, "runtime.acquireSudog") {
			fmt.Fprintln(out, records[i].AllocObjects, chain)
			total += records[i].AllocObjects
		}
	}
	fmt.Fprintln(out, total, "total")
	out.Flush()
}

func chainOf(stack []uintptr) string {
	var names []string
	frames := runtime.CallersFrames(stack)
	for {
		f, more := frames.Next()
		names = append(names, f.Function)
		if strings.HasPrefix(f.Function, "main.write") || f.Function == "main.makeMap" {
			return strings.Join(names, " < ")
		}
		if !more {
			return ""
		}
	}
}

type span struct{ least, most, runs int }

func sample(which, keys string, runs int, args []string) {
	ranges := map[string]*span{}
	for r := 0; r < runs; r++ {
		cmd := exec.Command("/proc/self/exe", append([]string{"-one", which, keys}, args...)...)
		cmd.Env = append(os.Environ(), "GODEBUG=cpu.aes=off", "GOMAXPROCS=2", "GOGC=off")
		out, err := cmd.Output()
		check(err)
		sums := map[string]int{}
		for _, line := range strings.Split(strings.TrimSpace(string(out)), "\n") {
			objects, chain, _ := strings.Cut(line, " ")
			n, err := strconv.Atoi(objects)
			check(err)
			sums[chain] += n
		}
		for chain, n := range sums {
			s := ranges[chain]
			if s == nil {
				s = &span{n, n, 0}
				ranges[chain] = s
			}
			if n < s.least {
				s.least = n
			}
			if n > s.most {
				s.most = n
			}
			s.runs++
		}
	}
	var chains []string
	for chain := range ranges {
		chains = append(chains, chain)
	}
	sort.Strings(chains)
	for _, chain := range chains {
		s := ranges[chain]
		if s.runs < runs {
			s.least = 0
		}
		fmt.Printf("%s\t%s\t%d\t%d\t%s\n", which, keys, s.least, s.most, chain)
	}
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "threemaps:", err)
		os.Exit(2)
	}
}

func main() {
	debug.SetGCPercent(-1)
	runtime.MemProfileRate = 0
	args := os.Args[1:]
	if len(args) == 5 && args[0] == "-one" {
		c := &crowd{ownKeys: args[2] == "own"}
		var err error
		c.tasks, err = strconv.Atoi(args[3])
		check(err)
		c.writes, err = strconv.Atoi(args[4])
		check(err)
		one(args[1], c)
		return
	}
	if len(args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: threemaps RUNS TASKS WRITES")
		os.Exit(2)
	}
	runs, err := strconv.Atoi(args[0])
	check(err)
	for _, which := range []string{"locked", "sync", "sharded"} {
		for _, keys := range []string{"same", "own"} {
			sample(which, keys, runs, args[1:])
		}
	}
}
