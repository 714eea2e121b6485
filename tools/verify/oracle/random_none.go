//go:build !go1.22 || go1.24

package main

// pinRandom does nothing. Up to Go 1.21 the unwinder that fills the profile draws
// from the same random numbers as maps do. From 1.24 on chance decides only where
// an iteration begins.
func pinRandom() {}

func randomPinned() bool { return true }

// countsByChance: bucket maps count some of their overflow buckets, by chance,
// from 2^16 buckets on.
const countsByChance = true
