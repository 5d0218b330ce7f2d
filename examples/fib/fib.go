// fib(n) the slow way, in goroutines: one line of JSON for each number given.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"sync"
	"time"
)

type result struct {
	N     int     `json:"n"`
	Value int     `json:"value"`
	Ms    float64 `json:"ms"`
}

func slowFib(n int) int {
	if n < 2 {
		return n
	}
	return slowFib(n-1) + slowFib(n-2)
}

func main() {
	results := make([]result, len(os.Args)-1)
	var all sync.WaitGroup
	for i, argument := range os.Args[1:] {
		n, err := strconv.Atoi(argument)
		if err != nil {
			panic(err)
		}
		all.Add(1)
		go func() {
			defer all.Done()
			start := time.Now()
			value := slowFib(n)
			results[i] = result{n, value, float64(time.Since(start).Microseconds()) / 1000}
		}()
	}
	all.Wait()
	for _, one := range results {
		line, _ := json.Marshal(one)
		fmt.Println(string(line))
	}
}
