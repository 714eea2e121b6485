// main.go: the standard library at its own jobs, one a run, and the heap
// profile that it leaves:
//
//	std [-rate N] [-times N] [-o FILE] [-src DIR] JOB
//
// -src is a folder of Go packages, GOROOT/src: what type checking, printing
// and parsing work on.
package main

import (
	"flag"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"sort"
)

var (
	rate  = flag.Int("rate", 1, "runtime.MemProfileRate")
	times = flag.Int("times", 1, "do the job so often")
	out   = flag.String("o", "", "write the profile here")
	src   = flag.String("src", "", "a folder of Go packages")
)

// A job prepares its input, which is not profiled, and gives the work.
var jobs = map[string]func() func(){
	"types":    types,
	"json":     jsonDocs,
	"gob":      gobStream,
	"xml":      xmlDocs,
	"template": templates,
	"printer":  func() func() { return printing("go/ast", "strconv", "text/template") },
	"regexp":   regexps,
	"http":     requests,
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

// goFiles are the files of a package of -src that are no tests.
func goFiles(pkg string) []string {
	all, err := filepath.Glob(filepath.Join(*src, pkg, "*.go"))
	must(err)
	var files []string
	for _, f := range all {
		if ok, _ := filepath.Match("*_test.go", filepath.Base(f)); !ok {
			files = append(files, f)
		}
	}
	sort.Strings(files)
	return files
}

func main() {
	runtime.MemProfileRate = 0
	flag.Parse()
	debug.SetGCPercent(400)
	work := jobs[flag.Arg(0)]()
	runtime.MemProfileRate = *rate
	for i := 0; i < *times; i++ {
		work()
	}
	runtime.MemProfileRate = 0
	runtime.GC()
	runtime.MemProfileRate = *rate // the writer scales by it
	f, err := os.Create(*out)
	must(err)
	must(pprof.Lookup("heap").WriteTo(f, 0))
	must(f.Close())
}
