// gen SEED COUNT writes a Go file with a table of types: a fixed list of hard
// cases, then COUNT random ones. Each type is spelled in the program, not made
// by reflection, so that the compiler itself lays it out, writes its hash
// function and chooses its map functions.
package main

import (
	"fmt"
	"math/rand"
	"os"
	"strconv"
	"strings"
)

var scalars = strings.Fields(`bool int int8 int16 int32 int64 uint uint8 uint16
	uint32 uint64 uintptr float32 float64 complex64 complex128 string
	unsafe.Pointer byte rune any`)

var fixed = []string{
	"struct{}", "[0]int", "[0]string", "[0]*int", "[0]any", "[1]string",
	"[1]float64", "[1]any", "[1]*int", "[2]string", "[3]float32", "[2]any",
	"[4]byte", "[8]byte", "[16]byte", "[3]byte", "[17]byte", "[100]byte",
	"[128]byte", "[129]byte", "[300]byte", "[2]int16", "[2]*int",
	"*int", "chan int", "<-chan int", "chan<- int", "chan (<-chan int)",
	"chan<- (<-chan int)", "func()", "func(int, ...string) (bool, any)",
	"func(func()) func() int", "map[string]int", "map[any][]*int",
	"[]int", "[][]byte", "*struct{a int}", "**map[int]bool",
	"struct{a int}", "struct{a string}", "struct{a float64}", "struct{a any}",
	"struct{_ int}", "struct{_ string}", "struct{a, b int}",
	"struct{a int8; b int8; c string}", "struct{a int32; b string; c int32}",
	"struct{a int64; b string}", "struct{a int8; b int64}",
	"struct{a int8; _ int8; b int8}", "struct{_ int8; a int16; b int8}",
	"struct{a int32; b struct{}}", "struct{a struct{}; b string}",
	"struct{a, b struct{}}", "struct{a [0]int64; b int8}",
	"struct{a int8; b [0]int64}", "struct{_ any; a int}",
	"struct{a struct{b int8; c int64}; d string}",
	"struct{a [2]struct{b int8; c int16}}", "[2]struct{a int8; b int16}",
	"[3]struct{a string; b int}", "struct{p *int}", "struct{p *int; q *int}",
	"struct{a, b float32}", "struct{a complex128; b int8}",
	"struct{a bool; b [5]byte; c uint16; d uint64; e [3]string; f any}",
	"struct{a []int}", "struct{a func(); b int}", "[4][]string",
	"struct{a struct{}; b [0]string; c struct{}; d int16; e string}",
}

func pick(r *rand.Rand, from []string) string { return from[r.Intn(len(from))] }

func random(r *rand.Rand, depth int, key bool) string {
	if depth == 0 {
		return pick(r, scalars)
	}
	n := r.Intn(14)
	switch {
	case n < 3:
		return pick(r, scalars)
	case n < 9:
		return structure(r, depth, key)
	case n < 12:
		// never 8: Go 1.19 may give [8]T the descriptor of the key array in
		// a bucket, which it makes without hash and equal functions
		length := []int{0, 1, 2, 3, 5, 7, 20}[r.Intn(7)]
		return fmt.Sprintf("[%d]%s", length, random(r, depth-1, key))
	case n == 12 || key:
		return "*" + random(r, depth-1, false)
	case r.Intn(2) == 0:
		return "[]" + random(r, depth-1, false)
	}
	return "map[" + random(r, depth-1, true) + "]" + random(r, depth-1, false)
}

func structure(r *rand.Rand, depth int, key bool) string {
	var s strings.Builder
	s.WriteString("struct{")
	for i, n := 0, r.Intn(6); i < n; i++ {
		name := string(rune('a' + i))
		if r.Intn(6) == 0 {
			name = "_"
		}
		if i > 0 {
			s.WriteString("; ")
		}
		s.WriteString(name + " " + random(r, depth-1, key))
	}
	return s.String() + "}"
}

func main() {
	seed, err1 := strconv.ParseInt(os.Args[1], 0, 64)
	count, err2 := strconv.Atoi(os.Args[2])
	if err1 != nil || err2 != nil {
		fmt.Fprintln(os.Stderr, "usage: gen SEED COUNT")
		os.Exit(2)
	}
	r := rand.New(rand.NewSource(seed))
	all := append(append([]string{}, scalars...), fixed...)
	for i := 0; i < count; i++ {
		all = append(all, random(r, 1+r.Intn(3), r.Intn(3) > 0))
	}
	table(r, seed, all)
}

// table writes one entry a type, and for types that can be keys a map of it to
// a random element type.
func table(r *rand.Rand, seed int64, all []string) {
	fmt.Printf("package main\n\nimport \"unsafe\"\n\n")
	fmt.Printf("var _ unsafe.Pointer\n\nconst seed = %d\n\n", seed)
	fmt.Printf("var table = []entry{\n")
	for _, t := range all {
		fmt.Printf("\t{%q, typeOf[%s]()},\n", t, t)
	}
	fmt.Printf("}\n\nvar maps = []mapEntry{\n")
	keys := 0
	for i, t := range all {
		if isKey(t) {
			e := pick(r, all)
			if i%2 == 0 {
				e = pick(r, scalars)
			}
			fmt.Printf("\t{%q, %q, typeOf[map[%s]%s](), insert%d},\n",
				t, e, t, e, keys)
			elems = append(elems, [2]string{t, e})
			keys++
		}
	}
	fmt.Printf("}\n")
	for i, ke := range elems {
		fmt.Printf("\nfunc insert%d() {\n\tvar k %s\n\tvar v %s\n"+
			"\tm := make(map[%s]%s)\n\tm[k] = v\n\tsink = m\n}\n",
			i, ke[0], ke[1], ke[0], ke[1])
	}
}

var elems [][2]string

// isKey says whether t is comparable: nothing uncomparable stands in it, other
// than behind a pointer or a channel.
func isKey(t string) bool {
	switch {
	case strings.HasPrefix(t, "*"), strings.HasPrefix(t, "chan"),
		strings.HasPrefix(t, "<-"):
		return true
	case strings.HasPrefix(t, "[]"), strings.HasPrefix(t, "map"),
		strings.HasPrefix(t, "func"):
		return false
	case strings.HasPrefix(t, "["):
		return isKey(t[strings.Index(t, "]")+1:])
	case strings.HasPrefix(t, "struct{"):
		for _, f := range fields(t[len("struct{") : len(t)-1]) {
			if !isKey(f) {
				return false
			}
		}
	}
	return true
}

// fields gives the types of a struct's fields.
func fields(body string) (types []string) {
	depth, start := 0, 0
	for i := 0; i <= len(body); i++ {
		if i == len(body) || (depth == 0 && body[i] == ';') {
			f := strings.TrimSpace(body[start:i])
			f = strings.ReplaceAll(f, ", b", "") // "a, b T"
			if f != "" {
				types = append(types, strings.TrimSpace(f[strings.Index(f, " ")+1:]))
			}
			start = i + 1
			continue
		}
		depth += strings.Count("{(", body[i:i+1]) - strings.Count("})", body[i:i+1])
	}
	return types
}
