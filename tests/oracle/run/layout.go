package main

import (
	"reflect"
	"unsafe"
)

const (
	bucketCnt      = 8
	minTopHash     = 5 // below it a tophash says what became of the slot
	evacuatedFirst = 2
	maxInline      = 128
	sameSizeGrow   = 8
)

// A digest is 64-bit FNV-1a over everything that is put in.
type digest uint64

func (d *digest) put(bytes ...byte) {
	for _, b := range bytes {
		*d = (*d ^ digest(b)) * 0x100000001b3
	}
}

func (d *digest) put64(x uint64) {
	for i := 0; i < 8; i++ {
		d.put(byte(x >> (8 * i)))
	}
}

// layout digests where every key and element of a map stands: the flags, then
// for the old and the new array each chain's buckets, their tophashes, keys and
// elements. Buckets already evacuated are left out.
func layout(p pair) uint64 {
	d := digest(0xcbf29ce484222325)
	h := p.hmap()
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

// slotSize is what t takes in a bucket: types above 128 bytes, a pointer.
func slotSize(t reflect.Type) uintptr {
	if t.Size() > maxInline {
		return 8
	}
	return t.Size()
}

func direct(t reflect.Type, slot unsafe.Pointer) unsafe.Pointer {
	if t.Size() > maxInline {
		return *(*unsafe.Pointer)(slot)
	}
	return slot
}

// bucketSize is read from the map's own type descriptor (runtime.maptype).
func bucketSize(p pair) uintptr {
	t := p.mapType()
	rtype := (*[2]unsafe.Pointer)(unsafe.Pointer(&t))[1]
	return uintptr(*(*uint16)(unsafe.Add(rtype, maptypeBucketsize)))
}

// maptypeBucketsize is the offset of runtime.maptype.bucketsize: the type (48
// bytes), key, elem, bucket, hasher, keysize, elemsize come before it.
const maptypeBucketsize = 48 + 4*8 + 2

// value puts in what the value at p says, not where it lies.
func (d *digest) value(t reflect.Type, p unsafe.Pointer) {
	switch t.Kind() {
	case reflect.String:
		s := *(*string)(p)
		d.put64(uint64(len(s)))
		d.put([]byte(s)...)
	case reflect.Interface:
		n, _ := (*(*any)(p)).(int64) // nil in a blank field
		d.put64(uint64(n))
	case reflect.Array:
		for i := 0; i < t.Len(); i++ {
			d.value(t.Elem(), unsafe.Add(p, uintptr(i)*t.Elem().Size()))
		}
	case reflect.Struct:
		for i := 0; i < t.NumField(); i++ {
			d.value(t.Field(i).Type, unsafe.Add(p, t.Field(i).Offset))
		}
	default: // plain bytes: numbers, and pointers to nothing
		d.put(unsafe.Slice((*byte)(p), t.Size())...)
	}
}
