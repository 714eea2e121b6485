//go:build go1.24

package main

import (
	"bufio"
	"fmt"
	"sync"
	"unsafe"
)

// sync.Map: a hash trie.
type trieMap struct {
	inited   uint32
	mu       [8]byte
	root     *indirect
	keyHash  unsafe.Pointer
	valEqual unsafe.Pointer
	seed     uintptr
}

type node struct{ isEntry bool }

type indirect struct {
	node
	dead     uint32
	mu       [8]byte
	parent   *indirect
	children [16]*node
}

type entry struct {
	node
	overflow *entry
	key      any
	value    any
}

var seed uintptr // of the map, once it has one

func begin() { seed = 0 }

func note(p *sync.Map) {
	seed = (*trieMap)(unsafe.Pointer(p)).seed
}

func seedLine() string {
	return fmt.Sprintf("seed %#x\n", seed)
}

type inside struct{ nodes, entries, overflow, depth int }

func (c *inside) count(i *indirect, depth int) {
	c.nodes++
	if depth > c.depth {
		c.depth = depth
	}
	for _, n := range i.children {
		if n == nil {
			continue
		}
		if !n.isEntry {
			c.count((*indirect)(unsafe.Pointer(n)), depth+1)
			continue
		}
		head := (*entry)(unsafe.Pointer(n))
		for e := head; e != nil; e = e.overflow {
			c.entries++
			if e != head {
				c.overflow++
			}
		}
	}
}

func printState(out *bufio.Writer, p *sync.Map) {
	var c inside
	if root := (*trieMap)(unsafe.Pointer(p)).root; root != nil {
		c.count(root, 1)
	}
	fmt.Fprintf(out, "found %d nodes=%d entries=%d overflow=%d depth=%d\n",
		found, c.nodes, c.entries, c.overflow, c.depth)
}
