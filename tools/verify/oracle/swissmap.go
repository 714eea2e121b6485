//go:build go1.24

package main

import (
	"bufio"
	"fmt"
	"unsafe"
)

// swissMap is internal/runtime/maps.Map.
type swissMap struct {
	used        uint64
	seed        uint64
	dirPtr      unsafe.Pointer
	dirLen      int
	globalDepth uint8
}

// table is internal/runtime/maps.table.
type table struct {
	used       uint16
	capacity   uint16
	growthLeft uint16
	localDepth uint8
	index      int
	groups     unsafe.Pointer
	lengthMask uint64
}

const (
	groupSlots  = 8
	slotsAt     = 8    // in a group, behind a control byte for each slot
	notFull     = 0x80 // a control byte with this bit has no entry
	loadFullNum = 7    // entries in so many slots, at the most
	loadFullDen = 8
)

// pin gives an empty map the workload's seed; p points to a map variable.
func pin(p unsafe.Pointer) {
	(*(**swissMap)(p)).seed = hash0
}

// tables gives the different tables in order of the directory; none of a small
// map.
func (m *swissMap) tables() (list []*table) {
	for _, t := range unsafe.Slice((**table)(m.dirPtr), m.dirLen) {
		if len(list) == 0 || list[len(list)-1] != t {
			list = append(list, t)
		}
	}
	return list
}

func printMap(out *bufio.Writer, o *object) {
	m := (*swissMap)(o.pair.header())
	tables, groups := m.tables(), uint64(0)
	if m.dirLen == 0 && m.dirPtr != nil {
		groups = 1
	}
	for _, t := range tables {
		groups += t.lengthMask + 1
	}
	fmt.Fprintf(out, "hmap %s used=%d dirLen=%d globalDepth=%d tables=%d groups=%d\n",
		o.name, m.used, m.dirLen, m.globalDepth, len(tables), groups)
	for _, t := range tables {
		limit := t.capacity * loadFullNum / loadFullDen
		fmt.Fprintf(out, "table %s %d localDepth=%d capacity=%d used=%d growthLeft=%d tombstones=%d\n",
			o.name, t.index, t.localDepth, t.capacity, t.used, t.growthLeft,
			limit-t.used-t.growthLeft)
	}
}

// layout digests where every key and element of a map stands: the directory's
// depth, then each table's place and depth, its control bytes, keys and
// elements.
func layout(p pair) uint64 {
	d := digest(0xcbf29ce484222325)
	m := (*swissMap)(p.header())
	d.put(m.globalDepth)
	if m.dirLen == 0 && m.dirPtr != nil {
		d.groups(p, m.dirPtr, 1)
	}
	for _, t := range m.tables() {
		d.put64(uint64(t.index))
		d.put(t.localDepth)
		d.groups(p, t.groups, t.lengthMask+1)
	}
	return uint64(d)
}

func (d *digest) groups(p pair, at unsafe.Pointer, n uint64) {
	size := mapField(p.mapType(), mapSizes)
	for ; n > 0; n-- {
		d.group(p, at)
		at = unsafe.Add(at, size)
	}
}

func (d *digest) group(p pair, g unsafe.Pointer) {
	key, elem := p.mapType().Key(), p.mapType().Elem()
	size, elemAt := slot(p)
	for i := uintptr(0); i < groupSlots; i++ {
		ctrl := *(*byte)(unsafe.Add(g, i))
		d.put(ctrl)
		if ctrl&notFull != 0 {
			continue
		}
		at := unsafe.Add(g, slotsAt+i*size)
		d.value(key, direct(key, at))
		d.value(elem, direct(elem, unsafe.Add(at, elemAt)))
	}
}

// slot gives the size of a slot and where in it the element stands: the layout
// of struct{ key; elem }.
func slot(p pair) (size, elemAt uintptr) {
	key, elem := p.mapType().Key(), p.mapType().Elem()
	keySize, elemSize := slotSize(key), slotSize(elem)
	keyAlign, elemAlign := uintptr(key.Align()), uintptr(elem.Align())
	if key.Size() > maxInline {
		keyAlign = 8
	}
	if elem.Size() > maxInline {
		elemAlign = 8
	}
	elemAt = (keySize + elemAlign - 1) &^ (elemAlign - 1)
	size = elemAt + elemSize
	if elemSize == 0 && size > 0 {
		size++ // or the address of elem would be that of what comes behind
	}
	if keyAlign < elemAlign {
		keyAlign = elemAlign
	}
	return (size + keyAlign - 1) &^ (keyAlign - 1), elemAt
}
