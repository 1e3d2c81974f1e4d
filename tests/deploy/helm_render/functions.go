package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"text/template"

	"github.com/Masterminds/sprig"
	"sigs.k8s.io/yaml"
)

const includeDepthMax = 1000 // Helm's own limit: a template that includes itself ends

// functions returns what Helm adds to text/template: sprig without the environment, and its own functions. Those that
// render need the set of templates.
func functions(set *template.Template) template.FuncMap {
	all := sprig.TxtFuncMap()
	delete(all, "env")
	delete(all, "expandenv")
	all["toYaml"] = toYAML
	all["toJson"] = toJSON
	all["fromYaml"] = func(text string) map[string]interface{} { return parsed(text, map[string]interface{}{}) }
	all["fromJson"] = all["fromYaml"]
	all["fromYamlArray"] = fromYAMLArray
	all["required"] = required
	all["fail"] = func(message string) (string, error) { return "", errors.New(message) }
	all["lookup"] = func(...string) map[string]interface{} { return map[string]interface{}{} }
	depth := 0
	all["include"] = func(name string, data interface{}) (string, error) {
		if depth >= includeDepthMax {
			return "", fmt.Errorf("%s includes itself", name)
		}
		depth++
		defer func() { depth-- }()
		var out bytes.Buffer
		err := set.ExecuteTemplate(&out, name, data)
		return out.String(), err
	}
	all["tpl"] = func(text string, data interface{}) (string, error) {
		own, err := set.Clone()
		if err != nil {
			return "", err
		}
		if own, err = own.New("tpl").Parse(text); err != nil {
			return "", err
		}
		var out bytes.Buffer
		err = own.Execute(&out, data)
		return out.String(), err
	}
	return all
}

// required refuses what was not given: nothing, or an empty text.
func required(message string, value interface{}) (interface{}, error) {
	if text, isText := value.(string); value == nil || isText && text == "" {
		return nil, errors.New(message)
	}
	return value, nil
}

// toYAML and toJSON return an empty text for what cannot be written, as Helm's do.
func toYAML(value interface{}) string {
	text, err := yaml.Marshal(value)
	if err != nil {
		return ""
	}
	return strings.TrimSuffix(string(text), "\n")
}

func toJSON(value interface{}) string {
	text, err := json.Marshal(value)
	if err != nil {
		return ""
	}
	return string(text)
}

// parsed reads a map; an error is its member "Error", as in Helm.
func parsed(text string, into map[string]interface{}) map[string]interface{} {
	if err := yaml.Unmarshal([]byte(text), &into); err != nil {
		return map[string]interface{}{"Error": err.Error()}
	}
	return into
}

func fromYAMLArray(text string) []interface{} {
	items := []interface{}{}
	if err := yaml.Unmarshal([]byte(text), &items); err != nil {
		return []interface{}{err.Error()}
	}
	return items
}
