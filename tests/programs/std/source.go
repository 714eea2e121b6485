package main

import (
	"bytes"
	"go/ast"
	"go/build"
	"go/format"
	"go/importer"
	"go/parser"
	"go/printer"
	"go/token"
	gotypes "go/types"
	"os"
)

func parse(fset *token.FileSet, name string) *ast.File {
	f, err := parser.ParseFile(fset, name, nil, parser.ParseComments)
	must(err)
	return f
}

// types checks a package and all that it imports, from source.
func types() func() {
	build.Default.CgoEnabled = false
	return func() {
		fset := token.NewFileSet()
		conf := gotypes.Config{
			Importer: importer.ForCompiler(fset, "source", nil),
			Error:    func(error) {},
		}
		info := gotypes.Info{
			Types: make(map[ast.Expr]gotypes.TypeAndValue),
			Defs:  make(map[*ast.Ident]gotypes.Object),
			Uses:  make(map[*ast.Ident]gotypes.Object),
		}
		var files []*ast.File
		for _, name := range goFiles("encoding/json") {
			files = append(files, parse(fset, name))
		}
		conf.Check("encoding/json", fset, files, &info)
	}
}

// printing parses files, prints and formats them again.
func printing(pkgs ...string) func() {
	var names []string
	for _, pkg := range pkgs {
		names = append(names, goFiles(pkg)...)
	}
	return func() {
		fset := token.NewFileSet()
		for _, name := range names {
			var b bytes.Buffer
			must(printer.Fprint(&b, fset, parse(fset, name)))
			text, err := os.ReadFile(name)
			must(err)
			_, err = format.Source(text)
			must(err)
		}
	}
}
