package main

import (
	"reflect"
	"unsafe"
)

// maxInline is the size in bytes up to which a key or an element stands in its
// slot; of a larger one the slot has a pointer.
const maxInline = 128

// slotSize is what t takes in a slot.
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

// mapField is the word at that offset in the compiler's descriptor of a map
// type: its type (48 bytes), key, elem, bucket or group, hasher, then sizes.
func mapField(t reflect.Type, offset uintptr) uintptr {
	rtype := (*[2]unsafe.Pointer)(unsafe.Pointer(&t))[1]
	return *(*uintptr)(unsafe.Add(rtype, offset))
}

const (
	mapHasher = 48 + 3*8
	mapSizes  = 48 + 4*8
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
			f := t.Field(i)
			at := unsafe.Add(p, f.Offset)
			if f.Name == "_" { // newer compilers leave it unset in a copy
				at = reflect.New(f.Type).UnsafePointer()
			}
			d.value(f.Type, at)
		}
	default: // plain bytes: numbers, and pointers to nothing
		d.put(unsafe.Slice((*byte)(p), t.Size())...)
	}
}
