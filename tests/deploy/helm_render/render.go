package main

import (
	"bytes"
	"path"
	"strings"
	"text/template"
)

// Versions is .Capabilities.APIVersions.
type Versions []string

// Has tells whether the cluster has an API, for example monitoring.coreos.com/v1.
func (versions Versions) Has(name string) bool {
	for _, one := range versions {
		if one == name {
			return true
		}
	}
	return false
}

// Request is one rendering. Values are complete: the caller has merged the defaults of values.yaml into them, and into
// the member of each dependency its own, and has checked them against the schemas.
type Request struct {
	Release, Namespace string
	APIs               Versions
	Values             map[string]interface{}
}

// Renderer holds the parsed templates of a chart and of its dependencies, in one set as in Helm.
type Renderer struct {
	chart *Chart
	set   *template.Template
}

func newRenderer(chart *Chart) (*Renderer, error) {
	set := template.New("chart").Option("missingkey=zero")
	set.Funcs(functions(set))
	return &Renderer{chart, set}, parse(set, chart, chart.Metadata.Name)
}

// parse adds the templates of a chart, after those of its dependencies so that its own definitions win.
func parse(set *template.Template, chart *Chart, at string) error {
	for _, one := range chart.Dependencies {
		if err := parse(set, one, path.Join(at, "charts", one.Metadata.Name)); err != nil {
			return err
		}
	}
	for _, name := range chart.names() {
		if _, err := set.New(path.Join(at, name)).Parse(chart.Templates[name]); err != nil {
			return err
		}
	}
	return nil
}

// context returns what templates of a chart know as the dot.
func context(chart *Chart, request Request, values map[string]interface{}) map[string]interface{} {
	subcharts := map[string]interface{}{}
	for _, one := range chart.Dependencies {
		own, _ := values[one.Metadata.Name].(map[string]interface{})
		subcharts[one.Metadata.Name] = context(one, request, own)
	}
	return map[string]interface{}{
		"Chart":     chart.Metadata,
		"Files":     chart.Files,
		"Values":    values,
		"Subcharts": subcharts,
		"Release": map[string]interface{}{
			"Name": request.Release, "Namespace": request.Namespace, "Service": "Helm",
			"IsInstall": true, "IsUpgrade": false, "Revision": 1,
		},
		"Capabilities": map[string]interface{}{
			"APIVersions": request.APIs,
			"KubeVersion": map[string]interface{}{"Version": "v1.29.0", "Major": "1", "Minor": "29"},
		},
	}
}

// render returns the text of every template that makes objects, by its path, and NOTES.txt.
func (renderer *Renderer) render(request Request) (map[string]string, error) {
	texts := map[string]string{}
	dot := context(renderer.chart, request, request.Values)
	return texts, renderer.renderChart(renderer.chart, renderer.chart.Metadata.Name, dot, texts)
}

func (renderer *Renderer) renderChart(chart *Chart, at string, dot map[string]interface{}, texts map[string]string) error {
	for _, one := range chart.Dependencies {
		own := dot["Subcharts"].(map[string]interface{})[one.Metadata.Name].(map[string]interface{})
		if err := renderer.renderChart(one, path.Join(at, "charts", one.Metadata.Name), own, texts); err != nil {
			return err
		}
	}
	for _, name := range chart.names() {
		if strings.HasPrefix(path.Base(name), "_") {
			continue
		}
		full := path.Join(at, name)
		dot["Template"] = map[string]interface{}{"Name": full, "BasePath": path.Join(at, "templates")}
		var out bytes.Buffer
		if err := renderer.set.ExecuteTemplate(&out, full, dot); err != nil {
			return err
		}
		texts[full] = strings.ReplaceAll(out.String(), "<no value>", "")
	}
	return nil
}
