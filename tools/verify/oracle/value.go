package main

import (
	"encoding/binary"
	"reflect"
	"strconv"
	"unsafe"
)

// fakeBase is where the pointers point that stand as keys and elements: to no
// memory of anybody, so that their hashes are the same in every process.
const fakeBase = 0x100000000000

// values makes the n values of type t that the keys of s number.
func (s *step) values(t reflect.Type, n int) unsafe.Pointer {
	v := reflect.MakeSlice(reflect.SliceOf(t), n, n)
	p := v.UnsafePointer()
	for i := 0; i < n; i++ {
		at := unsafe.Add(p, uintptr(i)*t.Size())
		setValue(t, at, s.keyNumber(s.from+uint64(i)))
	}
	return p
}

// setValue makes the value at p number k of type t (hmap help replay).
func setValue(t reflect.Type, p unsafe.Pointer, k uint64) {
	switch t.Kind() {
	case reflect.Bool:
		*(*bool)(p) = k&1 != 0
	case reflect.Int8, reflect.Uint8:
		*(*uint8)(p) = uint8(k)
	case reflect.Int16, reflect.Uint16:
		*(*uint16)(p) = uint16(k)
	case reflect.Int32, reflect.Uint32:
		*(*uint32)(p) = uint32(k)
	case reflect.Int, reflect.Uint, reflect.Int64, reflect.Uint64, reflect.Uintptr:
		*(*uint64)(p) = k
	case reflect.Float32:
		*(*float32)(p) = float32(k)
	case reflect.Float64:
		*(*float64)(p) = float64(k)
	case reflect.Complex64:
		*(*complex64)(p) = complex(float32(k), float32(k+1))
	case reflect.Complex128:
		*(*complex128)(p) = complex(float64(k), float64(k+1))
	case reflect.String:
		*(*string)(p) = "key" + strconv.FormatUint(k, 10)
	case reflect.Interface:
		*(*any)(p) = int64(k)
	case reflect.Pointer, reflect.UnsafePointer, reflect.Chan:
		*(*uintptr)(p) = fakeBase + uintptr(k%(1<<24))*16
	case reflect.Array:
		setArray(t, p, k)
	case reflect.Struct:
		for i := 0; i < t.NumField(); i++ {
			f := t.Field(i)
			if f.Name != "_" {
				setValue(f.Type, unsafe.Add(p, f.Offset), k+uint64(i))
			}
		}
	}
	// A func, map or slice stays nil.
}

// setArray: bytes hold k, the least first; other elements are numbered from k.
func setArray(t reflect.Type, p unsafe.Pointer, k uint64) {
	if t.Elem().Kind() == reflect.Uint8 {
		var b [8]byte
		binary.LittleEndian.PutUint64(b[:], k)
		copy(unsafe.Slice((*byte)(p), t.Len()), b[:])
		return
	}
	for i := 0; i < t.Len(); i++ {
		setValue(t.Elem(), unsafe.Add(p, uintptr(i)*t.Elem().Size()), k+uint64(i))
	}
}
