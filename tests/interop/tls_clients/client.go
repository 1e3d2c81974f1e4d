// Reads a URL twice over each TLS version with a client certificate, and once without: what tls_clients_test.py expects.
package main

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"time"
)

func main() {
	url, folder := os.Args[1], os.Args[2]
	pem, err := os.ReadFile(filepath.Join(folder, "ca.pem"))
	if err != nil {
		panic(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	pair, err := tls.LoadX509KeyPair(filepath.Join(folder, "client.pem"), filepath.Join(folder, "client.key"))
	if err != nil {
		panic(err)
	}
	client := func(version uint16, pairs ...tls.Certificate) *http.Client {
		config := &tls.Config{RootCAs: roots, MinVersion: version, MaxVersion: version, Certificates: pairs}
		return &http.Client{Transport: &http.Transport{TLSClientConfig: config}, Timeout: 30 * time.Second}
	}
	status := func(from *http.Client) string {
		reply, err := from.Get(url)
		if err != nil {
			return "refused"
		}
		defer reply.Body.Close()
		io.Copy(io.Discard, reply.Body)
		return fmt.Sprint(reply.StatusCode)
	}
	for _, one := range []struct {
		name    string
		version uint16
	}{{"1.2", tls.VersionTLS12}, {"1.3", tls.VersionTLS13}} {
		from := client(one.version, pair)
		fmt.Printf("%s:%s,%s\n", one.name, status(from), status(from))
	}
	fmt.Printf("none:%s\n", status(client(tls.VersionTLS13)))
}
