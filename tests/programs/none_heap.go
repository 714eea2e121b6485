// none_heap.go: container/heap and container/list, with boxing.
package main

import (
	"container/heap"
	"container/list"
)

func prepare() {}

type queue []int

func (q queue) Len() int            { return len(q) }
func (q queue) Less(i, j int) bool  { return q[i] < q[j] }
func (q queue) Swap(i, j int)       { q[i], q[j] = q[j], q[i] }
func (q *queue) Push(x interface{}) { *q = append(*q, x.(int)) }
func (q *queue) Pop() interface{} {
	old := *q
	x := old[len(old)-1]
	*q = old[:len(old)-1]
	return x
}

func work() {
	q := &queue{}
	l := list.New()
	for i := 0; i < 30000; i++ {
		heap.Push(q, i*7919%30011)
		l.PushBack(i)
	}
	for q.Len() > 15000 {
		l.PushFront(heap.Pop(q))
	}
	keep = append(keep, q, l)
}
