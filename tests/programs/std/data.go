package main

import (
	"bytes"
	"encoding/gob"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"text/template"
)

type item struct {
	ID     int               `json:"id" xml:"id,attr"`
	Name   string            `json:"name"`
	Price  float64           `json:"price"`
	Tags   []string          `json:"tags"`
	Attrs  map[string]string `json:"attrs" xml:"-"`
	Counts map[int]int       `json:"counts" xml:"-"`
}

func items(n int) []item {
	list := make([]item, n)
	for i := range list {
		list[i] = item{ID: i, Name: fmt.Sprintf("item %d", i),
			Price: float64(i) / 4, Tags: []string{"a", "b", fmt.Sprint(i % 17)},
			Attrs: map[string]string{}, Counts: map[int]int{}}
		for j := 0; j < i%23; j++ {
			list[i].Attrs[fmt.Sprintf("key%d", j)] = fmt.Sprint(i * j)
			list[i].Counts[j*i] = j
		}
	}
	return list
}

// jsonDocs decodes documents into structs, into maps and into interfaces, and
// encodes them again.
func jsonDocs() func() {
	list, err := json.Marshal(items(400))
	must(err)
	index := map[string]item{}
	for _, it := range items(1500) {
		index[it.Name] = it
	}
	named, err := json.Marshal(index)
	must(err)
	return func() {
		var typed []item
		must(json.Unmarshal(list, &typed))
		var any interface{}
		must(json.Unmarshal(list, &any))
		var byName map[string]item
		must(json.Unmarshal(named, &byName))
		d := json.NewDecoder(bytes.NewReader(named))
		d.UseNumber()
		must(d.Decode(&any))
		_, err := json.MarshalIndent(any, "", " ")
		must(err)
	}
}

// gobStream sends structs and maps through one stream.
func gobStream() func() {
	list := items(500)
	index := map[string][]int{}
	for i := 0; i < 3000; i++ {
		index[fmt.Sprint("word", i)] = []int{i, i + 1}
	}
	return func() {
		var b bytes.Buffer
		enc := gob.NewEncoder(&b)
		for _, it := range list {
			must(enc.Encode(it))
		}
		must(enc.Encode(index))
		dec := gob.NewDecoder(&b)
		for range list {
			var it item
			must(dec.Decode(&it))
		}
		var back map[string][]int
		must(dec.Decode(&back))
	}
}

// xmlDocs decodes a document into structs and by tokens.
func xmlDocs() func() {
	type plain struct {
		ID    int      `xml:"id,attr"`
		Name  string   `xml:"name"`
		Price float64  `xml:"price"`
		Tags  []string `xml:"tags"`
	}
	list := make([]plain, 400)
	for i, it := range items(400) {
		list[i] = plain{it.ID, it.Name, it.Price, it.Tags}
	}
	doc, err := xml.Marshal(struct {
		XMLName xml.Name `xml:"items"`
		Items   []plain  `xml:"item"`
	}{Items: list})
	must(err)
	return func() {
		var back struct {
			XMLName xml.Name `xml:"items"`
			Items   []plain  `xml:"item"`
		}
		must(xml.Unmarshal(doc, &back))
		d := xml.NewDecoder(bytes.NewReader(doc))
		names := map[string]int{}
		for {
			t, err := d.Token()
			if err == io.EOF {
				break
			}
			must(err)
			if s, ok := t.(xml.CharData); ok {
				names[string(s)]++
			}
		}
		_, err := xml.MarshalIndent(back, "", " ")
		must(err)
	}
}

const page = `{{define "row"}}<tr>{{range $k, $v := .Attrs}}<td>{{$k}}={{$v}}
</td>{{end}}{{with .Tags}}{{join . ", "}}{{end}}</tr>{{end}}
{{- range .}}{{if gt .ID 3}}{{template "row" .}}{{else}}{{.Name | printf "%q"}}
{{end}}{{end}}`

// templates parses and runs one.
func templates() func() {
	list := items(300)
	return func() {
		for i := 0; i < 20; i++ {
			t := template.Must(template.New(fmt.Sprint("page", i)).Funcs(
				template.FuncMap{"join": strings.Join}).Parse(page))
			must(t.Execute(io.Discard, list))
		}
	}
}
