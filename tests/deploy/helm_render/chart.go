package main

import (
	"os"
	"path/filepath"
	"sort"
	"strings"

	"sigs.k8s.io/yaml"
)

// Metadata is Chart.yaml, with the names that templates use.
type Metadata struct {
	Name, Version, AppVersion, Description, Type, KubeVersion string
	Dependencies                                              []struct{ Name, Repository string }
}

// Chart is a folder of Helm's layout, read into memory, and the charts that it depends on.
type Chart struct {
	Metadata     Metadata
	Templates    map[string]string // by their path inside of the chart
	Files        Files
	Dependencies []*Chart
}

// Files is what templates know as .Files: everything that is neither a template nor the chart's own description.
type Files map[string]string

// Get returns the text of a file, and nothing for one that does not exist, as Helm does.
func (files Files) Get(name string) string { return files[name] }

// Glob returns the files whose path matches.
func (files Files) Glob(pattern string) Files {
	found := Files{}
	for name, text := range files {
		if fits, _ := filepath.Match(pattern, name); fits {
			found[name] = text
		}
	}
	return found
}

// AsConfig returns the files as the data of a ConfigMap, by their names without folders.
func (files Files) AsConfig() string {
	data := map[string]string{}
	for name, text := range files {
		data[filepath.Base(name)] = text
	}
	return toYAML(data)
}

// names returns the paths of the templates, always in the same order.
func (chart *Chart) names() []string {
	names := []string{}
	for name := range chart.Templates {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// loadChart reads a chart, and those of its dependencies whose repository is a folder (file://).
func loadChart(folder string) (*Chart, error) {
	chart := &Chart{Templates: map[string]string{}, Files: Files{}}
	err := filepath.Walk(folder, func(path string, info os.FileInfo, err error) error {
		if err != nil || info.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(folder, path)
		if strings.HasPrefix(name, "templates/") {
			chart.Templates[name] = string(text)
		} else if name != "Chart.yaml" && !strings.HasPrefix(name, "values.") {
			chart.Files[name] = string(text)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	text, err := os.ReadFile(filepath.Join(folder, "Chart.yaml"))
	if err != nil {
		return nil, err
	}
	if err := yaml.Unmarshal(text, &chart.Metadata); err != nil {
		return nil, err
	}
	for _, needed := range chart.Metadata.Dependencies {
		dependency, err := loadChart(filepath.Join(folder, strings.TrimPrefix(needed.Repository, "file://")))
		if err != nil {
			return nil, err
		}
		chart.Dependencies = append(chart.Dependencies, dependency)
	}
	return chart, nil
}
