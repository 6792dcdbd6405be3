package main

import (
	"archive/zip"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func put(t *testing.T, file, text string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// jar writes a jar with these files in it.
func jar(t *testing.T, file string, entries map[string]string) {
	t.Helper()
	f, err := os.Create(put(t, file, ""))
	if err != nil {
		t.Fatal(err)
	}
	w := zip.NewWriter(f)
	for name, text := range entries {
		entry, err := w.Create(name)
		if err == nil {
			_, err = entry.Write([]byte(text))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

// example is a folder with one of everything; the agent is this test's own binary.
func example(t *testing.T) sources {
	t.Helper()
	dir := t.TempDir()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	jar(t, filepath.Join(dir, "libs/kafka-clients-4.3.1.jar"), map[string]string{"a.class": "a"})
	jar(t, filepath.Join(dir, "libs/agent-1.jar"), map[string]string{
		"META-INF/maven/io.x/agent/pom.properties":         "groupId=io.x\nartifactId=agent\nversion=1\n",
		"META-INF/maven/org.yaml/snakeyaml/pom.properties": "#made by\nversion=2.2\ngroupId=org.yaml\nartifactId=snakeyaml\n",
	})
	jar(t, filepath.Join(dir, "libs/launcher.jar"), nil)
	return sources{
		jars: filepath.Join(dir, "libs"),
		coordinates: put(t, filepath.Join(dir, "coordinates"), `
The following files have been resolved:
   org.apache.kafka:kafka-clients:jar:4.3.1:compile -- module kafka.clients (auto)
   io.x:agent:jar:1:runtime
`),
		base: filepath.Dir(filepath.Dir(put(t, filepath.Join(dir, "base/etc/os-release"), "NAME=\"Debian GNU/Linux\"\nID=debian\nVERSION_ID=\"13\"\n"))),
		java: put(t, filepath.Join(dir, "release"), "JAVA_VERSION=\"25.0.5\"\nMODULES=\"java.base java.xml\"\n"),

		javaPackage: "openjdk-25-jdk-headless 25.0.5+8-1~deb13u1",
		agent:       self,
	}
}

const status = `Package: bash
Status: install ok installed
Architecture: amd64
Version: 5.2.37-2+b5
Description: GNU Bourne Again SHell
 Version: 9

Package: gone
Status: deinstall ok config-files
Version: 1

Package: passwd
Status: install ok installed
Architecture: amd64
Version: 1:4.17.4-2
`

func TestRead(t *testing.T) {
	s := example(t)
	put(t, filepath.Join(s.base, "var/lib/dpkg/status"), status)
	bom, err := s.read()
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range bom.Components {
		got = append(got, c.Type+" "+c.Name+" "+c.PURL)
		for _, in := range c.Components {
			got = append(got, "- "+in.Ref)
		}
	}
	version, _, _ := strings.Cut(strings.TrimPrefix(runtime.Version(), "go"), " ")
	want := []string{
		"library agent pkg:maven/io.x/agent@1",
		"- pkg:maven/io.x/agent@1#pkg:maven/org.yaml/snakeyaml@2.2",
		"library kafka-clients pkg:maven/org.apache.kafka/kafka-clients@4.3.1",
		"library launcher ",
		"platform openjdk pkg:deb/debian/openjdk-25-jdk-headless@25.0.5%2B8-1~deb13u1?distro=debian-13",
		"application kafka-agent ",
		"library stdlib pkg:golang/stdlib@" + version,
		"operating-system debian ",
		"library bash pkg:deb/debian/bash@5.2.37-2%2Bb5?arch=amd64&distro=debian-13",
		"library passwd pkg:deb/debian/passwd@1%3A4.17.4-2?arch=amd64&distro=debian-13",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if bom.Metadata.Component.Version != "4.3.1" {
		t.Errorf("the image's version: %q", bom.Metadata.Component.Version)
	}
}

// Nothing is left out without a word.
func TestWhatCannotBeAccountedForIsAnError(t *testing.T) {
	for name, test := range map[string]struct {
		spoil func(*sources)
		want  string
	}{
		"a jar without coordinates": {func(s *sources) { s.coordinates = put(t, filepath.Join(t.TempDir(), "c"), "") }, "kafka-clients-4.3.1.jar: not among the coordinates"},
		"no jar at all":             {func(s *sources) { s.jars = t.TempDir() }, "no jars"},
		"no packages":               {func(s *sources) { put(t, filepath.Join(s.base, "var/lib/dpkg/status"), "\n") }, "names no package"},
		"no agent":                  {func(s *sources) { s.agent = s.java }, "the agent"},
		"no package of Java":        {func(s *sources) { s.javaPackage = "" }, "the Java runtime"},
	} {
		s := example(t)
		put(t, filepath.Join(s.base, "var/lib/dpkg/status"), status)
		test.spoil(&s)
		if _, err := s.read(); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
