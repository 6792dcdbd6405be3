package image

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	source "github.com/kafka-kraft/kafka-kraft/image"
	"github.com/kafka-kraft/kafka-kraft/tests/internal/kit"
)

// largest is what the image may take at most, uncompressed: half of a full distribution with a Java from Debian.
const largest = 300_000_000

func TestImageIsSmall(t *testing.T) {
	size, err := strconv.Atoi(must(t, "image", "inspect", "--format={{.Size}}", image(t)))
	require.NoError(t, err)
	t.Logf("the image has %d MB", size/1_000_000)
	assert.Less(t, size, largest)
}

func layers(t *testing.T, id string) []string {
	t.Helper()
	var digests []string
	require.NoError(t, json.Unmarshal([]byte(must(t, "image", "inspect", "--format={{json .RootFS.Layers}}", id)), &digests))
	return digests
}

// TestAnEditRebuildsTheLastLayer changes the agent, and a script, and finds every layer but the last one unchanged.
func TestAnEditRebuildsTheLastLayer(t *testing.T) {
	before := layers(t, image(t))
	for file, change := range map[string]func(string) string{
		"agent/main.go":  func(s string) string { return strings.Replace(s, "usage: kafka-agent", "Usage: kafka-agent", 1) },
		"bin/kafka-tool": func(s string) string { return s + "# edited\n" },
	} {
		id, err := build(t.Context(), contextWith(t, file, change), "")
		require.NoError(t, err, file)
		atEnd(t, "rmi", "--no-prune", id)
		after := layers(t, id)
		require.Len(t, after, len(before), file)
		last := len(before) - 1
		assert.Equal(t, before[:last], after[:last], file)
		assert.NotEqual(t, before[last], after[last], file)
	}
}

// TestTheSameContentMakesTheSameLayers builds the last layers' stage anew, without the engine's cache: the agent is
// compiled again, the bill of materials written again, and not a byte differs.
func TestTheSameContentMakesTheSameLayers(t *testing.T) {
	// A changed comment has the engine do again what follows it; the compiler drops it.
	dir := contextWith(t, "agent/main.go", func(s string) string { return s + "// " + unique("comment") + "\n" })
	id, err := build(t.Context(), dir, "")
	require.NoError(t, err)
	if id != image(t) { // it is the very same image where the engine's cache goes by content
		atEnd(t, "rmi", "--no-prune", id)
	}
	assert.Equal(t, layers(t, image(t)), layers(t, id))
}

// list is where the sums of the jars stand.
const list = "kafka/" + source.KafkaVersion + "/jars.sha512"

// TestSupplyChain: a jar that is not the one in the list, or not in the list at all, ends the build with its name.
func TestSupplyChain(t *testing.T) {
	image(t) // so that everything before the check is in the engine's cache
	const jar = "kafka-clients-" + source.KafkaVersion + ".jar"
	line := regexp.MustCompile(`(?m)^[0-9a-f]{128}  ` + regexp.QuoteMeta(jar) + `\n`)
	for name, test := range map[string]struct {
		change func(string) string
		want   string
	}{
		"one bit": {func(sums string) string {
			return line.ReplaceAllStringFunc(sums, func(l string) string { return strconv.FormatUint(digit(l[0])^1, 16) + l[1:] })
		}, jar + ": FAILED"},
		"a missing line":  {func(sums string) string { return line.ReplaceAllString(sums, "") }, jar + ": not in jars.sha512"},
		"a line too much": {func(sums string) string { return sums + strings.Repeat("0", 128) + "  other.jar\n" }, "other.jar: "},
	} {
		_, err := build(t.Context(), contextWith(t, list, test.change), "jars")
		require.Error(t, err, name)
		assert.ErrorContains(t, err, test.want, name)
	}
}

// TestBaseByDigest builds on a base that is named by its digest in a registry: the same one, so all layers are the same.
func TestBaseByDigest(t *testing.T) {
	if testing.Short() {
		t.Skip("left out by -short: needs a Docker engine and a registry; make test runs it")
	}
	ofDefault, err := build(t.Context(), kit.ImageContext(t), "base")
	require.NoError(t, err)
	name := kit.Registry + "/" + unique("base")
	must(t, "tag", ofDefault, name)
	must(t, "push", "--quiet", name)
	byDigest := ""
	for digest := range strings.FieldsSeq(must(t, "image", "inspect", `--format={{join .RepoDigests " "}}`, name)) {
		if strings.HasPrefix(digest, name+"@sha256:") {
			byDigest = digest
		}
	}
	require.NotEmpty(t, byDigest)
	atEnd(t, "rmi", "--no-prune", name)

	id, err := build(t.Context(), kit.ImageContext(t), "base", "--build-arg=BASE="+byDigest)
	require.NoError(t, err)
	assert.Equal(t, layers(t, ofDefault), layers(t, id))
	_, err = build(t.Context(), kit.ImageContext(t), "base", "--build-arg=BASE="+byDigest[:len(byDigest)-4]+"0000")
	assert.Error(t, err, "another digest")
}

func digit(c byte) uint64 {
	n, _ := strconv.ParseUint(string(c), 16, 4)
	return n
}

// TestBillOfMaterials: the document names every jar of the committed list with its sum, every Debian package, Java, the
// agent and its Go.
func TestBillOfMaterials(t *testing.T) {
	var bom struct {
		BomFormat, SpecVersion string
		Version                int
		Metadata               struct{ Component map[string]any }
		Components             []struct {
			Type       string
			Ref        string `json:"bom-ref"`
			Name       string
			Version    string
			PURL       string
			Hashes     []struct{ Alg, Content string }
			Properties []struct{ Name, Value string }
		}
		Dependencies []struct {
			Ref       string
			DependsOn []string
		}
	}
	require.NoError(t, json.Unmarshal(files(t, "/opt/kafka/sbom.cdx.json")[""], &bom))
	assert.Equal(t, "CycloneDX 1.6 1", strings.Join([]string{bom.BomFormat, bom.SpecVersion, strconv.Itoa(bom.Version)}, " "))
	refs, jars, packages, others := map[string]bool{}, map[string]string{}, map[string]string{}, map[string]string{}
	for _, c := range bom.Components {
		assert.NotEmpty(t, c.Ref)
		assert.False(t, refs[c.Ref], "%s is there twice", c.Ref)
		refs[c.Ref] = true
		assert.Contains(t, []string{"library", "application", "platform", "operating-system"}, c.Type, c.Name)
		switch {
		case strings.HasPrefix(c.PURL, "pkg:maven/"):
			require.Len(t, c.Hashes, 1, c.Name)
			assert.Equal(t, "SHA-512", c.Hashes[0].Alg)
			jars[c.Properties[0].Value] = c.Hashes[0].Content
		case c.Type == "library" && strings.HasPrefix(c.PURL, "pkg:deb/debian/"):
			packages[c.Name] = c.Version
		default:
			others[c.Name] = c.Version
		}
	}
	for _, d := range bom.Dependencies {
		for _, to := range d.DependsOn {
			assert.True(t, refs[to], "%s depends on %s, which is no component", d.Ref, to)
		}
	}

	sums, err := os.ReadFile(filepath.Join(kit.ImageContext(t), list))
	require.NoError(t, err)
	want := map[string]string{}
	for line := range strings.Lines(string(sums)) {
		if sum, jar, ok := strings.Cut(strings.TrimSpace(line), "  "); ok && !strings.HasPrefix(line, "#") {
			want[jar] = sum
		}
	}
	assert.Equal(t, want, jars)

	installed := map[string]string{}
	for line := range strings.Lines(must(t, "run", "--rm", "--network=none", "--entrypoint=dpkg-query", image(t), "--show", "--showformat=${Package} ${Version}\n")) {
		fields := strings.Fields(line)
		installed[fields[0]] = fields[1]
	}
	assert.Equal(t, installed, packages)

	assert.Contains(t, others, "kafka-agent")
	assert.Contains(t, others, "launcher")
	assert.Regexp(t, `^1\.\d+`, others["stdlib"])
	assert.Regexp(t, `^25\.`, others["openjdk"])
	assert.Equal(t, strings.TrimSpace(must(t, "run", "--rm", "--network=none", "--entrypoint=/bin/sh", image(t), "-c", ". /etc/os-release; echo $VERSION_ID")), others["debian"])
}
