// none_tree.go: a binary tree and a linked list of structs of 48 and 24 bytes, the
// sizes of a map's header and of its side list's.
package main

func prepare() {}

type node struct {
	left, right *node
	key         int
	values      [3]int
}

type item struct {
	next *item
	a, b int
}

func insert(n *node, key int) *node {
	if n == nil {
		return &node{key: key}
	}
	if key < n.key {
		n.left = insert(n.left, key)
	} else {
		n.right = insert(n.right, key)
	}
	return n
}

func work() {
	var root *node
	var list *item
	for i := 0; i < 2000; i++ {
		root = insert(root, int(uint32(i)*2654435761))
		list = &item{next: list, a: i}
	}
	keep = append(keep, root, list)
}
