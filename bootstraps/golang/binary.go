package golang

import (
	"bytes"
	"debug/elf"
)

// SpeaksRPC says whether a program is a function that knows net/rpc and not the
// Runtime API: only the names of the variables that it reads tell. Whatever
// cannot be told, one that was packed for instance, is of today.
func SpeaksRPC(program string) bool {
	file, err := elf.Open(program)
	if err != nil {
		return false
	}
	defer file.Close()
	constants := file.Section(".rodata")
	if constants == nil {
		return false
	}
	text, err := constants.Data()
	return err == nil && bytes.Contains(text, []byte("_LAMBDA_SERVER_PORT")) && !bytes.Contains(text, []byte("AWS_LAMBDA_RUNTIME_API"))
}
