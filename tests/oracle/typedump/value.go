package main

import (
	"math"
	"reflect"
	"unsafe"
)

// mix is the mixer of the workload format.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// A rng gives mix of successive numbers.
type rng uint64

func (r *rng) next() uint64 {
	*r++
	return mix(uint64(*r))
}

// newValue makes value number v of type t in untyped memory; what no field
// covers is filled with garbage.
func newValue(t *rtype, v, garbage uint64) unsafe.Pointer {
	buf := make([]uint64, t.size/8+1)
	for i := range buf {
		buf[i] = mix(garbage + uint64(i))
	}
	r := rng(v << 32)
	p := unsafe.Pointer(&buf[0])
	r.fill(t.reflect(), p)
	return p
}

// keep holds everything that values point at.
var keep []any

func (r *rng) fill(t reflect.Type, p unsafe.Pointer) {
	switch t.Kind() {
	case reflect.Bool:
		*(*byte)(p) = byte(r.next() & 1)
	case reflect.Float32, reflect.Complex64:
		for i := uintptr(0); i < t.Size()/4; i++ {
			*(*float32)(unsafe.Add(p, 4*i)) = float32(r.float())
		}
	case reflect.Float64, reflect.Complex128:
		for i := uintptr(0); i < t.Size()/8; i++ {
			*(*float64)(unsafe.Add(p, 8*i)) = r.float()
		}
	case reflect.String:
		*(*string)(p) = r.text()
	case reflect.Interface:
		*(*any)(p) = r.boxed()
	case reflect.Array:
		for i := 0; i < t.Len(); i++ {
			r.fill(t.Elem(), unsafe.Add(p, uintptr(i)*t.Elem().Size()))
		}
	case reflect.Struct:
		for i := 0; i < t.NumField(); i++ {
			r.fill(t.Field(i).Type, unsafe.Add(p, t.Field(i).Offset))
		}
	default: // integers and pointers: any bits will do
		x := r.next()
		for i := uintptr(0); i < t.Size(); i++ {
			*(*byte)(unsafe.Add(p, i)) = byte(x >> (8 * i))
		}
	}
}

// float gives +0, -0 or a small multiple of 1/8.
func (r *rng) float() float64 {
	x := r.next()
	switch x % 4 {
	case 0:
		return 0
	case 1:
		return math.Copysign(0, -1)
	}
	return float64(int64(x)>>44) / 8
}

func (r *rng) text() string {
	x := r.next()
	n := x >> 8 % 20
	if x%4 == 0 {
		n = x >> 8 % 300
	}
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(mix(x + uint64(i)))
	}
	s := string(b)
	keep = append(keep, s)
	return s
}

func (r *rng) boxed() (v any) {
	switch r.next() % 3 {
	case 1:
		v = int64(r.next())
	case 2:
		v = r.text()
	}
	keep = append(keep, v)
	return v
}
