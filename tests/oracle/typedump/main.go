// typedump prints what the real Go compiler and runtime know of each type of a
// generated table (gen/): layout, pointer mask, hashes of made-up values under
// fixed keys, equality, bucket layout, and the map function that an insertion
// runs. tests/test_types_golden.c compares ours with the recorded answers.
//
// Values are made by the same rules on both sides (value.go).
package main

import (
	"bufio"
	"fmt"
	"os"
	"reflect"
	"runtime"
	"runtime/debug"
	"strings"
	"unsafe"
)

type entry struct {
	text string
	typ  *rtype
}

type mapEntry struct {
	key, elem string
	typ       *rtype
	insert    func()
}

// rtype and maptype are the runtime's own descriptors in Go 1.19.
type rtype struct {
	size, ptrdata                   uintptr
	hash                            uint32
	tflag, align, fieldAlign, kind_ uint8
	equal                           func(a, b unsafe.Pointer) bool
	gcdata                          *byte
	str, ptrToThis                  int32
}

type maptype struct {
	rtype
	key, elem, bucket *rtype
	hasher            func(unsafe.Pointer, uintptr) uintptr
	keysize, elemsize uint8
	bucketsize        uint16
	flags             uint32
}

type eface struct {
	typ  *rtype
	data unsafe.Pointer
}

//go:linkname hashkey runtime.hashkey
var hashkey [4]uintptr

//go:linkname aeskeysched runtime.aeskeysched
var aeskeysched [128]byte

//go:linkname useAeshash runtime.useAeshash
var useAeshash bool

//go:linkname nilinterhash runtime.nilinterhash
func nilinterhash(p unsafe.Pointer, h uintptr) uintptr

//go:linkname memhash runtime.memhash
func memhash(p unsafe.Pointer, h, s uintptr) uintptr

var sink any

func typeOf[T any]() *rtype {
	t := reflect.TypeOf((*T)(nil)).Elem()
	return (*rtype)((*eface)(unsafe.Pointer(&t)).data)
}

func (t *rtype) reflect() (r reflect.Type) {
	r = reflect.TypeOf(0) // any will do: its second word is the descriptor
	(*eface)(unsafe.Pointer(&r)).data = unsafe.Pointer(t)
	return r
}

func (t *rtype) mask() string {
	if t.kind_&(1<<6) != 0 {
		return "program"
	}
	var s strings.Builder
	for i := uintptr(0); i < t.ptrdata/8; i++ {
		b := *(*byte)(unsafe.Add(unsafe.Pointer(t.gcdata), i/8))
		s.WriteByte('0' + b>>(i%8)&1)
	}
	if s.Len() == 0 {
		return "-"
	}
	return s.String()
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}

func main() {
	debug.SetGCPercent(-1)
	runtime.MemProfileRate = 1
	if useAeshash {
		fmt.Fprintln(os.Stderr, "typedump: run with GODEBUG=cpu.aes=off")
		os.Exit(2)
	}
	for _, m := range maps {
		m.insert()
	}
	runtime.MemProfileRate = 0
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	fmt.Fprintf(out, "# %s, seed %d: written by tests/oracle/typedump\n",
		runtime.Version(), seed)
	for _, e := range table {
		t := e.typ
		fmt.Fprintf(out, "type\t%s\t%s\t%d\t%d\t%d\t%d\t%s\t%d\t%d\t%d\n",
			e.text, t.reflect(), t.size, t.align, t.kind_&31, t.ptrdata,
			t.mask(), bit(t.kind_&(1<<5) != 0), bit(t.tflag&8 != 0),
			bit(t.equal != nil))
	}
	for n := uintptr(0); n < 300; n++ {
		fmt.Fprintln(out, memLine(n))
	}
	fast := families()
	for i, m := range maps {
		t := (*maptype)(unsafe.Pointer(m.typ))
		b := t.bucket
		fmt.Fprintf(out, "map\t%s\t%s\t%d\t%d\t%d\t%d\t%d\t%s\t%s\n", m.key,
			m.elem, t.keysize, t.elemsize, t.bucketsize, t.flags, b.ptrdata,
			b.mask(), fast[fmt.Sprintf("main.insert%d", i)])
		for v := uint64(0); v < 3; v++ {
			fmt.Fprintln(out, hashLine(m.key, t, v))
		}
	}
}

// families finds in the heap profile which map function each insertion ran.
func families() map[string]string {
	records := make([]runtime.MemProfileRecord, 20000)
	n, ok := runtime.MemProfile(records, true)
	if !ok {
		panic("more profile records than expected")
	}
	found := make(map[string]string)
	for _, r := range records[:n] {
		frames := runtime.CallersFrames(r.Stack())
		last := ""
		for {
			f, more := frames.Next()
			if strings.HasPrefix(f.Function, "main.insert") &&
				strings.HasPrefix(last, "runtime.mapassign") {
				found[f.Function] = strings.TrimPrefix(last, "runtime.")
			}
			last = f.Function
			if !more {
				break
			}
		}
	}
	return found
}

// hashLine hashes value number v of t's key type: by the map's hasher and
// inside an interface, by the fallback and by AES; and compares it with itself
// among other padding and with the next value.
func hashLine(text string, t *maptype, v uint64) string {
	p, same, other := newValue(t.key, v, 1), newValue(t.key, v, 2), newValue(t.key, v+1, 1)
	boxed := &eface{t.key, p}
	if t.key.kind_&(1<<5) != 0 {
		boxed.data = *(*unsafe.Pointer)(p)
	}
	seed := uintptr(mix(v + 99))
	var h1, i1, h2, i2 uintptr
	pinned(func() {
		h1, i1 = t.hasher(p, seed), nilinterhash(unsafe.Pointer(boxed), seed)
	}, func() {
		h2, i2 = t.hasher(p, seed), nilinterhash(unsafe.Pointer(boxed), seed)
	})
	return fmt.Sprintf("hash\t%s\t%d\t%x\t%x\t%x\t%x\t%d\t%d", text, v, h1, i1,
		h2, i2, bit(t.key.equal(p, same)), bit(t.key.equal(p, other)))
}

// pinned runs fallback under a known hashkey and aes under a known schedule.
// Neither may touch a Go map, nor run anything that does.
func pinned(fallback, aes func()) {
	saved := hashkey
	hashkey = [4]uintptr{0x1234567890abcdef, 3, 5, 7}
	fallback()
	hashkey = saved
	for i := range aeskeysched {
		aeskeysched[i] = byte(mix(uint64(1000 + i)))
	}
	useAeshash = true
	aes()
	useAeshash = false
}

// memLine hashes n bytes of plain memory that begin at an odd address.
func memLine(n uintptr) string {
	buf := make([]byte, n+1)
	for i := range buf {
		buf[i] = byte(mix(uint64(i)))
	}
	p, seed := unsafe.Add(unsafe.Pointer(&buf[0]), 1), uintptr(mix(uint64(n)))
	var h1, h2 uintptr
	pinned(func() { h1 = memhash(p, seed, n) }, func() { h2 = memhash(p, seed, n) })
	return fmt.Sprintf("mem\t%d\t%x\t%x", n, h1, h2)
}
