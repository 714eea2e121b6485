// The oracle for sync.Map: runs workloads on the real one, from one goroutine,
// and prints what the heap profile and the map's inside say.
//
//	syncmap FILE...              workloads; FILE's answer goes to FILE less .txt, .want
//	syncmap -generate N SEED DIR writes N random workloads to DIR first
//
// The fallback hash reads runtime.hashkey (hashkey_*.go), which is set. What else
// is random is each new map's hash0, or the seed of a trie: it is noted, and added
// to the workload as a line. What a sync.Map is like inside depends on the release
// (dirty.go, trie.go).
package main

import (
	"bufio"
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"sort"
	"strconv"
	"strings"
	"sync"
	"syscall"
)

func main() {
	if os.Getenv("HMAP_ORACLE") == "" {
		env := append(os.Environ(), "HMAP_ORACLE=1", "GODEBUG=cpu.aes=off",
			"GOGC=off", "GOMAXPROCS=1")
		check(syscall.Exec("/proc/self/exe", os.Args, env))
	}
	debug.SetGCPercent(-1)
	runtime.MemProfileRate = 0
	files := os.Args[1:]
	if len(files) == 4 && files[0] == "-generate" {
		files = generateAll(files[1], files[2], files[3])
	}
	for _, name := range files {
		w, err := readWorkload(name)
		check(err)
		out, err := os.Create(strings.TrimSuffix(name, ".txt") + ".want")
		check(err)
		w.run(out)
		check(out.Close())
		check(os.WriteFile(name, []byte(w.text+seedLine()), 0o666))
	}
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "syncmap:", err)
		os.Exit(2)
	}
}

func generateAll(count, seed, dir string) (files []string) {
	n, err := strconv.Atoi(count)
	check(err)
	s, err := strconv.ParseInt(seed, 0, 64)
	check(err)
	r := rand.New(rand.NewSource(s))
	for i := 0; i < n; i++ {
		name := filepath.Join(dir, fmt.Sprintf("s%03d.txt", i))
		check(generate(name, r))
		files = append(files, name)
	}
	return files
}

var (
	found  int
	before []runtime.MemProfileRecord
	after  []runtime.MemProfileRecord
)

// The operations. Each is the leaf of its chains below the library's functions.

//go:noinline
func store(m *sync.Map, s *step) {
	for _, k := range s.ints {
		m.Store(k, k)
		note(m)
	}
	for _, k := range s.strs {
		m.Store(k, k)
		note(m)
	}
}

//go:noinline
func load(m *sync.Map, s *step) {
	for _, k := range s.ints {
		if _, ok := m.Load(k); ok {
			found++
		}
		note(m)
	}
	for _, k := range s.strs {
		if _, ok := m.Load(k); ok {
			found++
		}
		note(m)
	}
}

//go:noinline
func loadorstore(m *sync.Map, s *step) {
	for _, k := range s.ints {
		if _, loaded := m.LoadOrStore(k, k); loaded {
			found++
		}
		note(m)
	}
	for _, k := range s.strs {
		if _, loaded := m.LoadOrStore(k, k); loaded {
			found++
		}
		note(m)
	}
}

//go:noinline
func loadanddelete(m *sync.Map, s *step) {
	for _, k := range s.ints {
		if _, loaded := m.LoadAndDelete(k); loaded {
			found++
		}
		note(m)
	}
	for _, k := range s.strs {
		if _, loaded := m.LoadAndDelete(k); loaded {
			found++
		}
		note(m)
	}
}

//go:noinline
func del(m *sync.Map, s *step) {
	for _, k := range s.ints {
		m.Delete(k)
		note(m)
	}
	for _, k := range s.strs {
		m.Delete(k)
		note(m)
	}
}

func count(k, v any) bool {
	found++
	return true
}

//go:noinline
func rangeover(m *sync.Map) {
	m.Range(count)
	note(m)
}

func (w *workload) run(out *os.File) {
	w.prepare()
	m := new(sync.Map)
	found = 0
	begin()
	for i := 0; i < 3; i++ {
		runtime.GC()
	}
	before = profile(before)
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	saved := hashkey
	hashkey = w.hashkey
	runtime.MemProfileRate = 1
	for i := range w.steps {
		do(m, &w.steps[i])
	}
	runtime.MemProfileRate = 0
	hashkey = saved
	for i := 0; i < 3; i++ {
		runtime.GC()
	}
	after = profile(after)
	b := bufio.NewWriter(out)
	printChains(b)
	printState(b, m)
	check(b.Flush())
	runtime.KeepAlive(m)
}

func do(m *sync.Map, s *step) {
	switch s.op {
	case "store":
		store(m, s)
	case "load":
		load(m, s)
	case "loadorstore":
		loadorstore(m, s)
	case "loadanddelete":
		loadanddelete(m, s)
	case "delete":
		del(m, s)
	case "range":
		rangeover(m)
	}
}

func profile(buf []runtime.MemProfileRecord) []runtime.MemProfileRecord {
	for {
		n, ok := runtime.MemProfile(buf[:cap(buf)], true)
		if ok {
			return buf[:n]
		}
		buf = make([]runtime.MemProfileRecord, n+n/4+64)
	}
}

type counts struct{ objects, bytes int64 }

func printChains(out *bufio.Writer) {
	rows := map[string]counts{}
	add(rows, after, 1)
	add(rows, before, -1)
	var names []string
	var total counts
	for name, c := range rows {
		if c.objects != 0 {
			names = append(names, name)
			total.objects += c.objects
			total.bytes += c.bytes
		}
	}
	sort.Strings(names)
	for _, name := range names {
		fmt.Fprintln(out, "chain", rows[name].objects, rows[name].bytes, name)
	}
	fmt.Fprintln(out, "total", total.objects, total.bytes)
}

func add(rows map[string]counts, records []runtime.MemProfileRecord, sign int64) {
	for i := range records {
		if name := chainOf(records[i].Stack()); name != "" {
			c := rows[name]
			c.objects += sign * records[i].AllocObjects
			c.bytes += sign * records[i].AllocBytes
			rows[name] = c
		}
	}
}

var operations = map[string]bool{"main.store": true, "main.load": true,
	"main.loadorstore": true, "main.loadanddelete": true, "main.del": true,
	"main.rangeover": true}

// chainOf names a stack from its leaf to the operation; "" for other stacks.
func chainOf(stack []uintptr) string {
	var names []string
	frames := runtime.CallersFrames(stack)
	for {
		f, more := frames.Next()
		names = append(names, f.Function)
		if operations[f.Function] {
			return strings.Join(names, " < ")
		}
		if !more {
			return ""
		}
	}
}
