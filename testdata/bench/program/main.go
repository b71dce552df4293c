// Command program is a hello in Go: with an event's file what a developer would
// write to call a handler once, else the function.
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"os"

	"github.com/aws/aws-lambda-go/lambda"
)

type person struct {
	Name string `json:"name"`
}

type greeting struct {
	Message string `json:"message"`
}

func hello(p person) (greeting, error) {
	fmt.Println("Greeting", p.Name)
	return greeting{"Hello, " + p.Name}, nil
}

func main() {
	if len(os.Args) == 1 {
		lambda.Start(hello)
	}
	event, err := os.ReadFile(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	var p person
	if err := json.Unmarshal(event, &p); err != nil {
		log.Fatal(err)
	}
	result, err := hello(p)
	if err != nil {
		log.Fatal(err)
	}
	if err := json.NewEncoder(os.Stdout).Encode(result); err != nil {
		log.Fatal(err)
	}
}
