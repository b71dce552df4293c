module sam

go 1.26
