package config

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// described is a key with all that people are told about it.
type described struct {
	path    string // storage.size
	value   reflect.Value
	meaning string      // the first paragraph of the field's comment in one line, and the tag allowed
	fields  []described // of an object, in the order of its type
}

// all is the key and, of an object, those within it.
func (d described) all() []described {
	all := []described{d}
	for _, field := range d.fields {
		all = append(all, field.all()...)
	}
	return all
}

// describe is every key, in the order of Config, with its default.
func describe(t *testing.T) []described {
	t.Helper()
	keys := describeFields("", reflect.ValueOf(Default()), comments(t))
	for _, key := range keys {
		for _, d := range key.all() {
			require.NotEmpty(t, d.meaning, "the field of %s has no comment, which is what people are told about the key", d.path)
		}
	}
	return keys
}

func describeFields(prefix string, object reflect.Value, comments map[string]string) []described {
	var keys []described
	for i := range object.NumField() {
		field := object.Type().Field(i)
		d := described{
			path:    prefix + field.Tag.Get("json"),
			value:   object.Field(i),
			meaning: comments[object.Type().Name()+"."+field.Name],
		}
		if allowed := field.Tag.Get("allowed"); allowed != "" {
			d.meaning += " From " + allowed + "."
		}
		switch of := d.value.Type(); {
		case of.Kind() == reflect.Struct:
			d.fields = describeFields(d.path+".", d.value, comments)
		case of.Kind() == reflect.Map && of.Elem().Kind() == reflect.Struct:
			d.fields = describeFields(d.path+".{name}.", named(of.Elem()), comments)
		}
		keys = append(keys, d)
	}
	return keys
}

// comments are the first paragraphs above the fields of this package's types, by type and
// field.
func comments(t *testing.T) map[string]string {
	t.Helper()
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	found := map[string]string{}
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments|parser.SkipObjectResolution)
		require.NoError(t, err)
		ast.Inspect(file, func(n ast.Node) bool {
			named, ok := n.(*ast.TypeSpec)
			if !ok {
				return true
			}
			structure, ok := named.Type.(*ast.StructType)
			if !ok {
				return false
			}
			for _, field := range structure.Fields.List {
				for _, name := range field.Names {
					first, _, _ := strings.Cut(field.Doc.Text(), "\n\n")
					found[named.Name.Name+"."+name.Name] = strings.Join(strings.Fields(first), " ")
				}
			}
			return false
		})
	}
	return found
}

// text is the default as a person writes it; empty of what says nothing by default.
func (d described) text() string {
	switch d.value.Kind() {
	case reflect.Struct, reflect.Slice, reflect.Map:
		return ""
	default:
		return fmt.Sprint(d.value.Interface())
	}
}

// What cannot be changed is said before it is too late.
func TestDescriptionsSayWhatIsFrozen(t *testing.T) {
	meanings := map[string]string{}
	for _, key := range describe(t) {
		for _, d := range key.all() {
			meanings[d.path] = d.meaning
		}
	}
	for _, keys := range good {
		config, err := Parse(keys)
		require.NoError(t, err)
		for key := range sorted(config.facts()) {
			assert.Contains(t, meanings[key], "live cluster", key)
		}
	}
}
