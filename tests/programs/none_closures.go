// none_closures.go: closures, method values, interfaces and errors.
package main

import (
	"errors"
	"fmt"
)

func prepare() {}

type shape interface{ area() float64 }
type rect struct{ w, h float64 }

func (r rect) area() float64 { return r.w * r.h }

func work() {
	var todo []func() float64
	var errs []error
	for i := 0; i < 10000; i++ {
		var s shape = rect{float64(i), 2}
		todo = append(todo, s.area)
		n := i
		todo = append(todo, func() float64 { return float64(n) + s.area() })
		errs = append(errs, fmt.Errorf("step %d: %w", i, errors.New("failed")))
	}
	keep = append(keep, todo, errs)
}
