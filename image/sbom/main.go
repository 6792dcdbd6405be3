// Command sbom writes the image's bill of materials as CycloneDX JSON: what lies in the image, in which version, and
// where it comes from, for scanners and for people. It runs in the image's build and needs Go's standard library only.
//
// The document holds no time and no random number: the same content gives the same bytes.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
)

func main() {
	var from sources
	flag.StringVar(&from.jars, "jars", "", "folder of the jars")
	flag.StringVar(&from.coordinates, "coordinates", "", "output of mvn dependency:list, which names the jars")
	flag.StringVar(&from.base, "base", "", "root of the base image, of which etc/os-release and var/lib/dpkg/status are read")
	flag.StringVar(&from.java, "java", "", "the Java runtime's file release")
	flag.StringVar(&from.javaPackage, "java-package", "", "name and version of the Debian package that it was linked from")
	flag.StringVar(&from.agent, "agent", "", "the agent's binary")
	flag.Parse()
	if err := run(from); err != nil {
		fmt.Fprintln(os.Stderr, "sbom:", err)
		os.Exit(1)
	}
}

func run(from sources) error {
	bom, err := from.read()
	if err != nil {
		return err
	}
	out := json.NewEncoder(os.Stdout)
	out.SetEscapeHTML(false) // package URLs have &
	out.SetIndent("", " ")
	return out.Encode(bom)
}
