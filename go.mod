module gorae

go 1.26
