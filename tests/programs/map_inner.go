// map_inner.go: a map of 1,000 maps of 5 to 24 entries: every fifth stays in its
// first bucket; 208-byte buckets. The outer map grows as well.
package main

import "strconv"

var hosts, metrics []string

func prepare() {
	for i := 0; i < 1000; i++ {
		hosts = append(hosts, "host"+strconv.Itoa(i))
	}
	for i := 0; i < 24; i++ {
		metrics = append(metrics, "metric"+strconv.Itoa(i))
	}
}

type stats map[string]map[string]int

func (s stats) add(host, metric string, size int) {
	inner, ok := s[host]
	if !ok {
		if *hinted {
			inner = make(map[string]int, size)
		} else {
			inner = make(map[string]int)
		}
		s[host] = inner
	}
	inner[metric]++
}

func work() {
	s := make(stats)
	if *hinted {
		s = make(stats, len(hosts))
	}
	for i, h := range hosts {
		size := 5 + i%20
		for _, m := range metrics[:size] {
			s.add(h, m, size)
		}
	}
	keep = append(keep, s)
}
