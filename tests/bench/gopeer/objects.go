package main

import "unsafe"

// A loop that fills hold with new objects, for each type: the compiler knows
// the type, as it does in any Go program.
type filler func(hold []unsafe.Pointer)

var noscanFillers = map[int]filler{
	8: func(hold []unsafe.Pointer) {
		for i := range hold {
			hold[i] = unsafe.Pointer(new([8]byte))
		}
	},
	16: func(hold []unsafe.Pointer) {
		for i := range hold {
			hold[i] = unsafe.Pointer(new([16]byte))
		}
	},
	24: func(hold []unsafe.Pointer) {
		for i := range hold {
			hold[i] = unsafe.Pointer(new([24]byte))
		}
	},
	48: func(hold []unsafe.Pointer) {
		for i := range hold {
			hold[i] = unsafe.Pointer(new([48]byte))
		}
	},
	64: func(hold []unsafe.Pointer) {
		for i := range hold {
			hold[i] = unsafe.Pointer(new([64]byte))
		}
	},
	144: func(hold []unsafe.Pointer) {
		for i := range hold {
			hold[i] = unsafe.Pointer(new([144]byte))
		}
	},
	256: func(hold []unsafe.Pointer) {
		for i := range hold {
			hold[i] = unsafe.Pointer(new([256]byte))
		}
	},
	512: func(hold []unsafe.Pointer) {
		for i := range hold {
			hold[i] = unsafe.Pointer(new([512]byte))
		}
	},
	1024: func(hold []unsafe.Pointer) {
		for i := range hold {
			hold[i] = unsafe.Pointer(new([1024]byte))
		}
	},
	8192: func(hold []unsafe.Pointer) {
		for i := range hold {
			hold[i] = unsafe.Pointer(new([8192]byte))
		}
	},
	32768: func(hold []unsafe.Pointer) {
		for i := range hold {
			hold[i] = unsafe.Pointer(new([32768]byte))
		}
	},
	65536: func(hold []unsafe.Pointer) {
		for i := range hold {
			hold[i] = unsafe.Pointer(new([65536]byte))
		}
	},
}

var scanFillers = map[int]filler{
	8: func(hold []unsafe.Pointer) {
		for i := range hold {
			hold[i] = unsafe.Pointer(new([1]*byte))
		}
	},
	16: func(hold []unsafe.Pointer) {
		for i := range hold {
			hold[i] = unsafe.Pointer(new([2]*byte))
		}
	},
	24: func(hold []unsafe.Pointer) {
		for i := range hold {
			hold[i] = unsafe.Pointer(new([3]*byte))
		}
	},
	48: func(hold []unsafe.Pointer) {
		for i := range hold {
			hold[i] = unsafe.Pointer(new([6]*byte))
		}
	},
	64: func(hold []unsafe.Pointer) {
		for i := range hold {
			hold[i] = unsafe.Pointer(new([8]*byte))
		}
	},
	144: func(hold []unsafe.Pointer) {
		for i := range hold {
			hold[i] = unsafe.Pointer(new([18]*byte))
		}
	},
	256: func(hold []unsafe.Pointer) {
		for i := range hold {
			hold[i] = unsafe.Pointer(new([32]*byte))
		}
	},
	512: func(hold []unsafe.Pointer) {
		for i := range hold {
			hold[i] = unsafe.Pointer(new([64]*byte))
		}
	},
	1024: func(hold []unsafe.Pointer) {
		for i := range hold {
			hold[i] = unsafe.Pointer(new([128]*byte))
		}
	},
}
