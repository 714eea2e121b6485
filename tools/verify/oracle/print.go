package main

import (
	"bufio"
	"fmt"
	"runtime"
	"sort"
	"strings"
)

// A row is one call chain: allocated and in-use objects and bytes.
type row struct {
	chain   string
	objects int64
	bytes   int64
	inuse   int64
	inbytes int64
}

// print writes what the workload added to the profile.
func (w *workload) print(out *bufio.Writer, opt options) {
	var objects, bytes int64
	for _, r := range delta() {
		fmt.Fprintln(out, "chain", r.objects, r.bytes, r.inuse, r.inbytes, r.chain)
		objects += r.objects
		bytes += r.bytes
	}
	fmt.Fprint(out, "total ", objects, " ", bytes)
	if opt.classes {
		printClasses(out)
	}
	fmt.Fprintln(out)
	for _, o := range w.objs {
		if !o.live || o.pair == nil {
			continue
		}
		printMap(out, &o)
		if opt.layout {
			fmt.Fprintf(out, "layout %s %#016x\n", o.name, layout(o.pair))
		}
	}
}

// printClasses may count a stray object of this process itself.
func printClasses(out *bufio.Writer) {
	a, b := &statsBefore, &statsAfter
	fmt.Fprintf(out, " mallocs %d bytes %d", b.Mallocs-a.Mallocs, b.TotalAlloc-a.TotalAlloc)
	for i := range b.BySize {
		if n := b.BySize[i].Mallocs - a.BySize[i].Mallocs; n > 0 {
			fmt.Fprintf(out, "\nclass %d mallocs %d", b.BySize[i].Size, n)
		}
	}
}

// delta is the difference of the two profiles, a row a chain, sorted by name.
func delta() (rows []row) {
	rows = add(rows, after, 1)
	rows = add(rows, before, -1)
	sort.Slice(rows, func(i, j int) bool { return rows[i].chain < rows[j].chain })
	used := rows[:0]
	for _, r := range merge(rows) {
		if r.objects != 0 {
			used = append(used, r)
		}
	}
	return used
}

func add(rows []row, records []runtime.MemProfileRecord, sign int64) []row {
	for i := range records {
		r := &records[i]
		chain := chainOf(r.Stack())
		if chain == "" {
			continue
		}
		rows = append(rows, row{chain, sign * r.AllocObjects, sign * r.AllocBytes,
			sign * r.InUseObjects(), sign * r.InUseBytes()})
	}
	return rows
}

func merge(rows []row) (merged []row) {
	for _, r := range rows {
		n := len(merged)
		if n == 0 || merged[n-1].chain != r.chain {
			merged = append(merged, r)
			continue
		}
		m := &merged[n-1]
		m.objects += r.objects
		m.bytes += r.bytes
		m.inuse += r.inuse
		m.inbytes += r.inbytes
	}
	return merged
}

// chainOf names a stack from its leaf to the operation that ran it; "" when no
// operation stands in it: then it is not the workload's.
func chainOf(stack []uintptr) string {
	var names []string
	frames := runtime.CallersFrames(stack)
	for {
		f, more := frames.Next()
		if op, ok := operation(f.Function); ok {
			return strings.Join(append(names, op), " < ")
		}
		names = append(names, f.Function)
		if !more {
			return ""
		}
	}
}

// operation: main.(*pair3).insert is insert, main.(*holder).allocscan too.
func operation(function string) (name string, ok bool) {
	if !strings.HasPrefix(function, "main.(*pair") &&
		!strings.HasPrefix(function, "main.(*seq") &&
		!strings.HasPrefix(function, "main.(*holder)") {
		return "", false
	}
	return function[strings.LastIndexByte(function, '.')+1:], true
}
