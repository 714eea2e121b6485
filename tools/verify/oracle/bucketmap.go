//go:build !go1.24

package main

import (
	"bufio"
	"fmt"
	"unsafe"
)

const (
	bucketCnt      = 8
	minTopHash     = 5 // below it a tophash says what became of the slot
	evacuatedFirst = 2
	sameSizeGrow   = 8
)

// hmap is runtime.hmap.
type hmap struct {
	count      int
	flags      uint8
	B          uint8
	noverflow  uint16
	hash0      uint32
	buckets    unsafe.Pointer
	oldbuckets unsafe.Pointer
	nevacuate  uintptr
	extra      unsafe.Pointer
}

// pin gives an empty map the workload's seed; p points to a map variable.
func pin(p unsafe.Pointer) {
	(*(**hmap)(p)).hash0 = uint32(hash0)
}

func printMap(out *bufio.Writer, o *object) {
	h := (*hmap)(o.pair.header())
	noverflow := fmt.Sprint(h.noverflow)
	if countsByChance && h.B >= 16 {
		noverflow = "chance"
	}
	fmt.Fprintf(out, "hmap %s count=%d B=%d noverflow=%s nevacuate=%d growing=%v\n",
		o.name, h.count, h.B, noverflow, h.nevacuate, h.oldbuckets != nil)
}

// layout digests where every key and element of a map stands: the flags, then
// for the old and the new array each chain's buckets, their tophashes, keys and
// elements. Buckets already evacuated are left out.
func layout(p pair) uint64 {
	d := digest(0xcbf29ce484222325)
	h := (*hmap)(p.header())
	d.put(h.flags)
	n := uint64(1) << h.B
	if h.oldbuckets != nil && h.flags&sameSizeGrow != 0 {
		d.array(p, h.oldbuckets, n, 1)
	} else if h.oldbuckets != nil {
		d.array(p, h.oldbuckets, n/2, 1)
	}
	if h.buckets != nil {
		d.array(p, h.buckets, n, 0)
	}
	return uint64(d)
}

func (d *digest) array(p pair, array unsafe.Pointer, n uint64, old byte) {
	size := bucketSize(p)
	for i := uint64(0); i < n; i++ {
		b := unsafe.Add(array, uintptr(i)*size)
		for depth := uint64(0); b != nil; depth++ {
			if top := *(*byte)(b); top < evacuatedFirst || top >= minTopHash {
				d.put(old)
				d.put64(i)
				d.put64(depth)
				d.bucket(p, b)
			}
			b = *(*unsafe.Pointer)(unsafe.Add(b, size-8))
		}
	}
}

func (d *digest) bucket(p pair, b unsafe.Pointer) {
	key, elem := p.mapType().Key(), p.mapType().Elem()
	keysize, elemsize := slotSize(key), slotSize(elem)
	for s := uintptr(0); s < bucketCnt; s++ {
		top := *(*byte)(unsafe.Add(b, s))
		d.put(top)
		if top < minTopHash {
			continue
		}
		d.value(key, direct(key, unsafe.Add(b, bucketCnt+s*keysize)))
		d.value(elem, direct(elem, unsafe.Add(b, bucketCnt*(1+keysize)+s*elemsize)))
	}
}

// bucketSize is in the descriptor behind the sizes of key and elem slots.
func bucketSize(p pair) uintptr {
	return mapField(p.mapType(), mapSizes) >> 16 & 0xffff
}
