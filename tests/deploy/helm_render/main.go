// Renders a Helm chart as Helm does, for tests on machines without Helm.
//
//	helm_render CHART    reads requests from its input and writes replies, each one line of JSON
//
// A reply has `outputs`, the number of a text for each template, or `error`. A text that no reply had before is in
// `texts`, by its number: the many combinations of a chart's values have few different texts.
//
// It is text/template and sprig with Helm's own functions, and no more: it asks no cluster (`lookup` finds nothing),
// merges no values and checks no schema.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
)

type reply struct {
	Outputs map[string]int `json:"outputs,omitempty"`
	Texts   map[int]string `json:"texts,omitempty"`
	Error   string         `json:"error,omitempty"`
}

func serve(renderer *Renderer, from io.Reader, to io.Writer) error {
	requests, replies := json.NewDecoder(from), json.NewEncoder(to)
	known := map[string]int{}
	for {
		var request Request
		if err := requests.Decode(&request); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		said := reply{Outputs: map[string]int{}, Texts: map[int]string{}}
		texts, err := renderer.render(request)
		if err != nil {
			said = reply{Error: err.Error()}
			texts = nil
		}
		for name, text := range texts {
			number, isKnown := known[text]
			if !isKnown {
				number = len(known)
				known[text] = number
				said.Texts[number] = text
			}
			said.Outputs[name] = number
		}
		if err := replies.Encode(said); err != nil {
			return err
		}
	}
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: helm_render CHART")
		os.Exit(2)
	}
	chart, err := loadChart(os.Args[1])
	if err == nil {
		var renderer *Renderer
		if renderer, err = newRenderer(chart); err == nil {
			err = serve(renderer, os.Stdin, os.Stdout)
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
