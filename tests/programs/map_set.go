// map_set.go: a set of 64-bit ids, map[int64]struct{}; 80-byte buckets.
package main

func prepare() {}

func unique(n int) map[int64]struct{} {
	seen := map[int64]struct{}{}
	if *hinted {
		seen = make(map[int64]struct{}, n)
	}
	x := int64(1)
	for i := 0; i < n; i++ {
		x = x*6364136223846793005 + 1442695040888963407
		seen[x] = struct{}{}
	}
	return seen
}

func work() { keep = append(keep, unique(50000)) }
