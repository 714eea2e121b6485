module hmap/bench/gopeer

go 1.19
