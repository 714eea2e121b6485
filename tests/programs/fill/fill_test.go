package fill

import (
	"os"
	"testing"
)

func TestWords(t *testing.T) {
	if m := words(20000); len(m) != 20000 || os.Getenv("FAIL") != "" {
		t.Fatal("words")
	}
}
