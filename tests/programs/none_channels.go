// none_channels.go: channels, goroutines and wait groups.
package main

import "sync"

func prepare() {}

func work() {
	var wg sync.WaitGroup
	results := make(chan [4]int, 1000)
	for i := 0; i < 500; i++ {
		wg.Add(1)
		reply := make(chan int, 16)
		go func(i int) {
			defer wg.Done()
			for j := 0; j < 16; j++ {
				reply <- j
			}
			results <- [4]int{i, <-reply}
		}(i)
	}
	wg.Wait()
	close(results)
	for r := range results {
		keep = append(keep, r)
	}
}
