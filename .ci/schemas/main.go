// Writes one JSON schema per Kubernetes kind, as kubeconform reads them, from the API server's own description:
//
//	go run main.go swagger.json DIRECTORY      →  DIRECTORY/deployment-apps-v1.json, …
//
// The schemas are strict: a field nobody knows is an error.
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"
)

type object = map[string]any

func main() {
	log.SetFlags(0)
	if len(os.Args) != 3 {
		log.Fatal("usage: main SWAGGER_JSON DIRECTORY")
	}
	text, err := os.ReadFile(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	var swagger struct{ Definitions map[string]object }
	if err := json.Unmarshal(text, &swagger); err != nil {
		log.Fatal(err)
	}
	for name, definition := range swagger.Definitions {
		tighten(name, definition)
	}
	if err := os.MkdirAll(os.Args[2], 0o755); err != nil {
		log.Fatal(err)
	}
	for name, definition := range swagger.Definitions {
		for _, file := range files(definition) {
			write(filepath.Join(os.Args[2], file), name, swagger.Definitions)
		}
	}
}

// The description is looser than the server: it says "string" for what may be a number too, and allows extra fields.
func tighten(name string, definition object) {
	switch name {
	case "io.k8s.apimachinery.pkg.util.intstr.IntOrString":
		definition["type"] = []string{"string", "integer"}
		delete(definition, "format")
	case "io.k8s.apimachinery.pkg.api.resource.Quantity":
		definition["type"] = []string{"string", "number"}
	}
	properties, isObject := definition["properties"].(object)
	if !isObject {
		return
	}
	if _, open := definition["additionalProperties"]; !open {
		definition["additionalProperties"] = false
	}
	allowNull(properties, required(definition))
}

// An optional field may be given as null; the server drops it.
func allowNull(properties object, required map[string]bool) {
	for name, value := range properties {
		property := value.(object)
		if kind, ok := property["type"].(string); ok && !required[name] {
			property["type"] = []string{kind, "null"}
		}
	}
}

func required(definition object) map[string]bool {
	names := map[string]bool{}
	list, _ := definition["required"].([]any)
	for _, name := range list {
		names[name.(string)] = true
	}
	return names
}

// files names the schema as kubeconform looks for it: kind, first part of the group, version.
func files(definition object) []string {
	var names []string
	kinds, _ := definition["x-kubernetes-group-version-kind"].([]any)
	for _, entry := range kinds {
		kind := entry.(object)
		parts := []string{strings.ToLower(kind["kind"].(string))}
		if group := kind["group"].(string); group != "" {
			parts = append(parts, strings.Split(group, ".")[0])
		}
		names = append(names, strings.Join(append(parts, kind["version"].(string)), "-")+".json")
	}
	return names
}

// write puts the definition and everything it refers to into one file.
func write(path, name string, all map[string]object) {
	used := map[string]object{}
	collect(name, all, used)
	schema := object{"$ref": "#/definitions/" + name, "definitions": used}
	text, err := json.Marshal(schema)
	if err == nil {
		err = os.WriteFile(path, text, 0o644)
	}
	if err != nil {
		log.Fatal(fmt.Errorf("%s: %w", path, err))
	}
}

func collect(name string, all, used map[string]object) {
	if _, done := used[name]; done {
		return
	}
	used[name] = all[name]
	visit(all[name], func(reference string) {
		collect(strings.TrimPrefix(reference, "#/definitions/"), all, used)
	})
}

func visit(node any, found func(reference string)) {
	switch value := node.(type) {
	case object:
		if reference, ok := value["$ref"].(string); ok {
			found(reference)
		}
		for _, child := range value {
			visit(child, found)
		}
	case []any:
		for _, child := range value {
			visit(child, found)
		}
	}
}
