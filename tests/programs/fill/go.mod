module fill

go 1.18
