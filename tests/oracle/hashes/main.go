// hashes prints what the real runtime's fallback hash makes of made-up values
// under a fixed key: memory of 0 to 200 bytes, 4 and 8 bytes, strings, floats,
// and interfaces. tests/runtime/type/test_hashgolden.c compares ours with the
// recorded answers; values are made by the same rules on both sides.
package main

import (
	"fmt"
	"os"
	"runtime"
	"unsafe"
)

//go:linkname memhash runtime.memhash
func memhash(p unsafe.Pointer, h, s uintptr) uintptr

//go:linkname memhash32 runtime.memhash32
func memhash32(p unsafe.Pointer, h uintptr) uintptr

//go:linkname memhash64 runtime.memhash64
func memhash64(p unsafe.Pointer, h uintptr) uintptr

//go:linkname strhash runtime.strhash
func strhash(p unsafe.Pointer, h uintptr) uintptr

//go:linkname f32hash runtime.f32hash
func f32hash(p unsafe.Pointer, h uintptr) uintptr

//go:linkname f64hash runtime.f64hash
func f64hash(p unsafe.Pointer, h uintptr) uintptr

//go:linkname nilinterhash runtime.nilinterhash
func nilinterhash(p unsafe.Pointer, h uintptr) uintptr

func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

func seed(i int) uintptr {
	return uintptr(mix(uint64(1000 + i)))
}

func line(kind string, i int, hash uintptr) {
	fmt.Printf("%s\t%d\t%016x\n", kind, i, hash)
}

// bytes gives n bytes at an odd address.
func bytes(n int) []byte {
	buf := make([]byte, n+1)
	for i := range buf {
		buf[i] = byte(mix(uint64(i)))
	}
	return buf[1:]
}

func plain() {
	for n := 0; n <= 200; n++ {
		line("mem", n, memhash(unsafe.Pointer(unsafe.SliceData(bytes(n))),
			seed(n), uintptr(n)))
	}
	for i := 0; i < 20; i++ {
		x := mix(uint64(i))
		y := uint32(x)
		line("mem64", i, memhash64(unsafe.Pointer(&x), seed(i)))
		line("mem32", i, memhash32(unsafe.Pointer(&y), seed(i)))
	}
	for n := 0; n <= 60; n++ {
		s := string(bytes(n))
		line("str", n, strhash(unsafe.Pointer(&s), seed(n)))
	}
}

func float(i int) float64 {
	switch i {
	case 0:
		return 0
	case 1:
		x := 0.0
		return -x
	}
	return float64(int64(mix(uint64(i)))>>44) / 8
}

func floats() {
	for i := 0; i < 20; i++ {
		d := float(i)
		f := float32(d)
		line("f64", i, f64hash(unsafe.Pointer(&d), seed(i)))
		line("f32", i, f32hash(unsafe.Pointer(&f), seed(i)))
	}
}

func ifaces() {
	for i := 0; i < 20; i++ {
		x := mix(uint64(i))
		values := []any{int64(x), int32(x), float(i), string(bytes(i)),
			[2]int64{int64(x), int64(i)},
			struct {
				a int8
				s string
			}{int8(x), string(bytes(i))}, nil}
		for j := range values {
			line(fmt.Sprint("iface", j), i,
				nilinterhash(unsafe.Pointer(&values[j]), seed(i)))
		}
	}
}

func main() {
	x := uint64(42)
	before := memhash64(unsafe.Pointer(&x), 1)
	hashkey = [4]uintptr{0x1234567890abcdef, 0xfedcba0987654321, 0x5a5a5a5a5a5a5a5a,
		0x0123456789abcdee}
	if memhash64(unsafe.Pointer(&x), 1) == before {
		fmt.Fprintln(os.Stderr, "hashes: the key pinned is not the key used: "+
			"run with GODEBUG=cpu.aes=off")
		os.Exit(1)
	}
	fmt.Printf("# %s: written by tests/oracle/hashes\n", runtime.Version())
	plain()
	floats()
	ifaces()
}
