// A plain file server to compare with: GET with the standard library's file handler, PUT into a work file that is
// renamed over the object, and a redirect.
package main

import (
	"flag"
	"io"
	"log"
	"net/http"
	"os"
	"path/filepath"
)

func main() {
	listen := flag.String("listen", "", "address")
	folder := flag.String("folder", "", "folder of the files")
	puts := flag.String("puts", "", "folder of what is put")
	location := flag.String("location", "", "where /redirect sends to")
	flag.Parse()

	files := http.FileServer(http.Dir(*folder))
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPut {
			files.ServeHTTP(w, r)
			return
		}
		if err := put(filepath.Join(*puts, filepath.Clean(r.URL.Path)), r.Body); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.WriteHeader(http.StatusCreated)
	})
	http.HandleFunc("/redirect", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, *location, http.StatusTemporaryRedirect)
	})
	log.Fatal(http.ListenAndServe(*listen, nil))
}

func put(path string, body io.Reader) error {
	work, err := os.CreateTemp(filepath.Dir(path), ".work-*")
	if err != nil {
		return err
	}
	defer os.Remove(work.Name())
	if _, err = io.Copy(work, body); err == nil {
		err = work.Chmod(0o644)
	}
	if closed := work.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return err
	}
	return os.Rename(work.Name(), path)
}
