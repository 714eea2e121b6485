#include "textflag.h"

// func getm() unsafe.Pointer: runtime.g.m of this goroutine.
TEXT ·getm(SB), NOSPLIT, $0-8
	MOVQ (TLS), AX
	MOVQ 48(AX), AX
	MOVQ AX, ret+0(FP)
	RET
