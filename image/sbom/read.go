package main

import (
	"bufio"
	"crypto/sha512"
	"debug/buildinfo"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// sources are the places that are read.
type sources struct{ jars, coordinates, base, java, javaPackage, agent string }

// Names of the image and of what Maven does not know.
const (
	imageName   = "kafka-kraft/kafka"
	kafkaJar    = "kafka-clients"
	launcherJar = "launcher.jar" // our own, compiled in the image's build
)

// read makes the document. Every jar, package and program has to be accounted for; what is not is an error.
func (s sources) read() (document, error) {
	jars, err := s.readJars()
	if err != nil {
		return document{}, err
	}
	system, err := readSystem(filepath.Join(s.base, "etc/os-release"))
	if err != nil {
		return document{}, err
	}
	packages, err := readPackages(filepath.Join(s.base, "var/lib/dpkg/status"), system)
	if err != nil {
		return document{}, err
	}
	java, err := s.readJava(system)
	if err != nil {
		return document{}, err
	}
	agent, library, err := readAgent(s.agent)
	if err != nil {
		return document{}, err
	}
	image := component{Type: "container", Ref: imageName, Name: imageName}
	for _, jar := range jars {
		if jar.Name == kafkaJar {
			image.Version = jar.Version
		}
	}
	bom := document{Format: "CycloneDX", SpecVersion: "1.6", Version: 1, Metadata: metadata{image}}
	bom.Components = slices.Concat(jars, []component{java, agent, library, system}, packages)
	all := dependency{Ref: image.Ref}
	for _, c := range bom.Components {
		if c.Ref != library.Ref {
			all.DependsOn = append(all.DependsOn, c.Ref)
		}
	}
	bom.Dependencies = []dependency{all, {Ref: agent.Ref, DependsOn: []string{library.Ref}}}
	return bom, nil
}

// readJars lists the jars of the folder with their sums and, but for our own, their Maven coordinates.
func (s sources) readJars() ([]component, error) {
	known, err := readCoordinates(s.coordinates)
	if err != nil {
		return nil, err
	}
	files, err := filepath.Glob(filepath.Join(s.jars, "*.jar"))
	if err != nil || len(files) == 0 {
		return nil, fmt.Errorf("no jars in %q", s.jars)
	}
	var jars []component
	var problems []error
	for _, file := range files {
		name := filepath.Base(file)
		c, ok := known[name]
		if name == launcherJar {
			c, ok = component{Name: "launcher", Ref: name}, true
		}
		if !ok {
			problems = append(problems, fmt.Errorf("%s: not among the coordinates", name))
			continue
		}
		c.Type, c.Properties = "library", []property{{"file", name}}
		if c.Hashes, err = sums(file); err != nil {
			return nil, err
		}
		if c.Components, err = inside(file, c); err != nil {
			return nil, err
		}
		jars = append(jars, c)
	}
	return jars, errors.Join(problems...)
}

// readCoordinates reads lines such as "   org.slf4j:slf4j-api:jar:1.7.36:compile -- module …" by the jar's file name.
func readCoordinates(file string) (map[string]component, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	known := map[string]component{}
	for line := range strings.Lines(string(text)) {
		fields := strings.Fields(line)
		if len(fields) == 0 {
			continue
		}
		if part := strings.Split(fields[0], ":"); len(part) == 5 && part[2] == "jar" {
			known[part[1]+"-"+part[3]+".jar"] = maven(part[0], part[1], part[3])
		}
	}
	return known, nil
}

func maven(group, artifact, version string) component {
	purl := fmt.Sprintf("pkg:maven/%s/%s@%s", group, artifact, url.QueryEscape(version))
	return component{Type: "library", Ref: purl, PURL: purl, Group: group, Name: artifact, Version: version}
}

func sums(file string) ([]hash, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	sum := sha512.New()
	if _, err := io.Copy(sum, f); err != nil {
		return nil, err
	}
	return []hash{{"SHA-512", hex.EncodeToString(sum.Sum(nil))}}, nil
}

// readJava reads the runtime's version and modules.
func (s sources) readJava(system component) (component, error) {
	values, err := readPairs(s.java)
	if err != nil {
		return component{}, err
	}
	name, version, ok := strings.Cut(strings.TrimSpace(s.javaPackage), " ")
	if !ok || values["JAVA_VERSION"] == "" {
		return component{}, fmt.Errorf("the Java runtime: package %q and version %q are expected", s.javaPackage, values["JAVA_VERSION"])
	}
	return component{
		Type: "platform", Ref: "java", Name: "openjdk", Version: values["JAVA_VERSION"],
		PURL:       debian(name, version, "", system),
		Properties: []property{{"modules", values["MODULES"]}},
	}, nil
}

// readAgent returns the agent and Go's standard library inside it.
func readAgent(file string) (agent, library component, err error) {
	info, err := buildinfo.ReadFile(file)
	if err != nil {
		return agent, library, fmt.Errorf("the agent: %w", err)
	}
	agent = component{Type: "application", Ref: "kafka-agent", Name: "kafka-agent"}
	if agent.Hashes, err = sums(file); err != nil {
		return agent, library, err
	}
	version, _, _ := strings.Cut(strings.TrimPrefix(info.GoVersion, "go"), " ")
	purl := "pkg:golang/stdlib@" + version
	if len(info.Deps) > 0 {
		return agent, library, fmt.Errorf("the agent has modules beside the standard library, which are not listed: %v", info.Deps)
	}
	return agent, component{Type: "library", Ref: purl, PURL: purl, Name: "stdlib", Version: version}, nil
}

// readSystem reads os-release.
func readSystem(file string) (component, error) {
	values, err := readPairs(file)
	if err != nil {
		return component{}, err
	}
	return component{Type: "operating-system", Ref: values["ID"], Name: values["ID"], Version: values["VERSION_ID"]}, nil
}

// readPairs reads lines of the form NAME=value or NAME="value".
func readPairs(file string) (map[string]string, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	values := map[string]string{}
	for line := range strings.Lines(string(text)) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), "="); ok {
			values[name] = strings.Trim(value, `"`)
		}
	}
	return values, nil
}

// readPackages reads dpkg's list of what is installed.
func readPackages(file string, system component) ([]component, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	var packages []component
	fields := map[string]string{}
	done := func() {
		if strings.HasSuffix(fields["Status"], " installed") {
			purl := debian(fields["Package"], fields["Version"], fields["Architecture"], system)
			packages = append(packages, component{Type: "library", Ref: purl, PURL: purl, Name: fields["Package"], Version: fields["Version"]})
		}
		clear(fields)
	}
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		if lines.Text() == "" {
			done()
		} else if name, value, ok := strings.Cut(lines.Text(), ": "); ok && name[0] != ' ' {
			fields[name] = value
		}
	}
	done()
	if len(packages) == 0 {
		return nil, fmt.Errorf("%s names no package", file)
	}
	return packages, lines.Err()
}

// debian is the package URL of a Debian package.
func debian(name, version, architecture string, system component) string {
	purl := fmt.Sprintf("pkg:deb/%s/%s@%s?", system.Name, url.PathEscape(name), url.QueryEscape(version))
	if architecture != "" {
		purl += "arch=" + architecture + "&"
	}
	return purl + "distro=" + system.Name + "-" + system.Version
}
