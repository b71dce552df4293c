// The functions here are also built with the library of 2018, which speaks
// net/rpc: go build -modfile.
module sam

go 1.26.0

require github.com/aws/aws-lambda-go v1.6.0
