package image

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kafka-kraft/kafka-kraft/image/agent/contract"
)

// TestToolTakesTheNodesCertificate runs the tools' script with a Java that prints its arguments, in a folder of its own.
func TestToolTakesTheNodesCertificate(t *testing.T) {
	dir := t.TempDir()
	script, err := files.ReadFile("bin/kafka-tool")
	if err != nil {
		t.Fatal(err)
	}
	admin := dir + contract.AdminProperties
	if !strings.Contains(string(script), "admin="+contract.AdminProperties+"\n") {
		t.Fatalf("the script does not look for %s", contract.AdminProperties)
	}
	rendered := contract.ScratchMount + "/kafka/" + contract.ConfigFile
	if !strings.Contains(string(script), " "+rendered+" ") {
		t.Fatalf("the script does not look into %s", rendered)
	}
	script = []byte(strings.NewReplacer("/opt/", dir+"/opt/", contract.TLSDir, dir+contract.TLSDir, rendered, dir+rendered).Replace(string(script)))
	tool := filepath.Join(dir, "kafka-topics.sh")
	for name, text := range map[string]string{
		dir + rendered: "listeners=PLAINTEXT://:9092,CONTROLLER://:9093,QUORUM://:9090,CLIENTS://:9095\n",
		tool:           string(script), dir + "/opt/kafka/bin/tools.txt": "kafka-topics Topics\n",
		dir + "/opt/java/bin/java": "#!/bin/sh\nfor a; do echo \"$a\"; done | sed '1,/^Topics$/d'\n",
	} {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	run := func(arguments ...string) string {
		out, err := exec.CommandContext(t.Context(), "sh", append([]string{tool}, arguments...)...).CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %v, %s", arguments, err, out)
		}
		return strings.TrimSuffix(string(out), "\n")
	}
	asked := []string{"--bootstrap-server", "localhost:9095", "--list"}
	if got := run(asked...); got != strings.Join(asked, "\n") {
		t.Errorf("without a certificate:\n%s", got)
	}
	if err := os.MkdirAll(filepath.Dir(admin), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(admin, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	const added = "--command-config ADMIN"
	for arguments, want := range map[string]string{
		"--bootstrap-server localhost:9095 --list":                            added + " --bootstrap-server localhost:9095 --list",
		"--list --bootstrap-server=a:9091,b:9091":                             "--list " + added + " --bootstrap-server=a:9091,b:9091",
		"--bootstrap-controller localhost:9090 describe":                      added + " --bootstrap-controller localhost:9090 describe",
		"cluster-id --bootstrap-server localhost:9095":                        "cluster-id " + added + " --bootstrap-server localhost:9095",
		"--bootstrap-server localhost:9092 --list":                            "", // plain text, as ever
		"--bootstrap-controller localhost:9093 describe":                      "",
		"--bootstrap-server localhost:9095 --command-config mine":             "",
		"--bootstrap-server localhost:9095 --command-config=mine":             "",
		"--bootstrap-server localhost:9095 --producer.config mine":            "",
		"--bootstrap-server localhost:9095 --consumer.config mine --topic *a": "",
		"random-uuid": "",
	} {
		if want == "" {
			want = arguments
		}
		want = strings.ReplaceAll(strings.ReplaceAll(want, "ADMIN", admin), " ", "\n")
		if got := run(strings.Fields(arguments)...); got != want {
			t.Errorf("%s:\ngot\n%s\nwant\n%s", arguments, got, want)
		}
	}
	// Without plain text, its addresses mean those that took their place.
	if err := os.WriteFile(dir+rendered, []byte("listeners=QUORUM://:9090,REPLICATION://:9091,CLIENTS://:9095\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for arguments, want := range map[string]string{
		"--bootstrap-server localhost:9092 --list":                added + " --bootstrap-server localhost:9095 --list",
		"--bootstrap-server=localhost:9092 --list":                added + " --bootstrap-server=localhost:9095 --list",
		"--bootstrap-controller localhost:9093 describe":          added + " --bootstrap-controller localhost:9090 describe",
		"--bootstrap-server localhost:9092 --command-config mine": "--bootstrap-server localhost:9095 --command-config mine",
		"--bootstrap-server other:9092 --list":                    "--bootstrap-server other:9092 --list",
		"--bootstrap-server localhost:9094 --command-config mine": "--bootstrap-server localhost:9094 --command-config mine",
	} {
		want = strings.ReplaceAll(strings.ReplaceAll(want, "ADMIN", admin), " ", "\n")
		if got := run(strings.Fields(arguments)...); got != want {
			t.Errorf("%s:\ngot\n%s\nwant\n%s", arguments, got, want)
		}
	}
	// An argument with spaces stays one.
	if got := run("--topic", "a b", "--bootstrap-server", "localhost:9095"); got != "--topic\na b\n--command-config\n"+admin+"\n--bootstrap-server\nlocalhost:9095" {
		t.Errorf("%s", got)
	}
}
