package main

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// What Kafka 4.3.1 wrote for three combined nodes: the checkpoint of kafka-storage.sh format --initial-controllers, and
// the first batch of the log (LeaderChangeMessage, KRaftVersionRecord, VotersRecord).
const (
	votersCheckpoint = "000000000000000000000173000000000254fd9720002000000002000001a2114a5c9d000001a2114a5c9dffffffffffffffffffffffffffff000000032a0000000800000003160000000001a2114a5c9500001e00000208000000050a000000010000b40400000408000000069e0400000400000000e7a32f8dc0f4493e092dc274f40803df020b434f4e54524f4c4c4552306b61666b612d302e6b61666b612d7376632e6b61666b612d6b726166742e7376632e636c75737465722e6c6f63616c2385000000000100000000000189f31ae10d260bd9b0820cff33ef5d53020b434f4e54524f4c4c4552306b61666b612d312e6b61666b612d7376632e6b61666b612d6b726166742e7376632e636c75737465722e6c6f63616c23850000000001000000000002721e8c0de12a2307edf015961445aba1020b434f4e54524f4c4c4552306b61666b612d322e6b61666b612d7376632e6b61666b612d6b726166742e7376632e636c75737465722e6c6f63616c238500000000010000000000000000000000030000003f00000000020305127a002000000000000001a2114a5c9d000001a2114a5c9dffffffffffffffffffffffffffff000000011a00000008000000040600000000"
	votersBatch      = "00000000000000000000018a0000000102b70a49ef002000000002000001a2114a6705000001a2114a6705ffffffffffffffffffffffffffff000000035800000008000000024400000000000204000000000000000001000000000200030000000000000000020000001e00000208000000050a000000010000b40400000408000000069e0400000400000000e7a32f8dc0f4493e092dc274f40803df020b434f4e54524f4c4c4552306b61666b612d302e6b61666b612d7376632e6b61666b612d6b726166742e7376632e636c75737465722e6c6f63616c2385000000000100000000000189f31ae10d260bd9b0820cff33ef5d53020b434f4e54524f4c4c4552306b61666b612d312e6b61666b612d7376632e6b61666b612d6b726166742e7376632e636c75737465722e6c6f63616c23850000000001000000000002721e8c0de12a2307edf015961445aba1020b434f4e54524f4c4c4552306b61666b612d322e6b61666b612d7376632e6b61666b612d6b726166742e7376632e636c75737465722e6c6f63616c2385000000000100000000"
)

// What Kafka 4.4.0 wrote at the format: the same checkpoint with the features behind the voters, and the one of a
// controller that is to join (--no-initial-controllers), with features alone. metadata.version is 33 in both.
const (
	votersAndFeatures = "000000000000000000000173000000000295e49796002000000002000001a2121b542e000001a2121b542effffffffffffffffffffffffffff000000032a0000000800000003160000000001a2121b540800001e00000208000000050a000000010000b40400000408000000069e0400000400000000e7a32f8dc0f4493e092dc274f40803df020b434f4e54524f4c4c4552306b61666b612d302e6b61666b612d7376632e6b61666b612d6b726166742e7376632e636c75737465722e6c6f63616c2385000000000100000000000189f31ae10d260bd9b0820cff33ef5d53020b434f4e54524f4c4c4552306b61666b612d312e6b61666b612d7376632e6b61666b612d6b726166742e7376632e636c75737465722e6c6f63616c23850000000001000000000002721e8c0de12a2307edf015961445aba1020b434f4e54524f4c4c4552306b61666b612d322e6b61666b612d7376632e6b61666b612d6b726166742e7376632e636c75737465722e6c6f63616c23850000000001000000000000000000000003000000f100000000024ea50880000000000005000001a2121b5451000001a2121b5451ffffffffffffffffffffffffffff000000063a000000012e010c00116d657461646174612e76657273696f6e002100005a000002014e010c0021656c696769626c652e6c65616465722e7265706c696361732e76657273696f6e00010000340000040128010c000e67726f75702e76657273696f6e00010000340000060128010c000e73686172652e76657273696f6e0002000038000008012c010c001073747265616d732e76657273696f6e000100004000000a0134010c00147472616e73616374696f6e2e76657273696f6e0002000000000000000000090000003f00000000024b380f7e002000000000000001a2121b545b000001a2121b545bffffffffffffffffffffffffffff000000011a00000008000000040600000000"
	featuresAlone     = "0000000000000000000000570000000002fbbc46fc002000000001000001a2121b5a13000001a2121b5a13ffffffffffffffffffffffffffff000000022a0000000800000003160000000001a2121b59fc00001e00000208000000050a0000000100000000000000000002000000f10000000002235f96f4000000000005000001a2121b5a3c000001a2121b5a3cffffffffffffffffffffffffffff000000063a000000012e010c00116d657461646174612e76657273696f6e002100005a000002014e010c0021656c696769626c652e6c65616465722e7265706c696361732e76657273696f6e00010000340000040128010c000e67726f75702e76657273696f6e00010000340000060128010c000e73686172652e76657273696f6e0002000038000008012c010c001073747265616d732e76657273696f6e000100004000000a0134010c00147472616e73616374696f6e2e76657273696f6e0002000000000000000000080000003f00000000023df775c6002000000000000001a2121b5a40000001a2121b5a40ffffffffffffffffffffffffffff000000011a00000008000000040600000000"
)

func bytesOf(t testing.TB, text string) string {
	t.Helper()
	data, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// moved is a piece of log whose voters live in another namespace of a name as long.
func moved(piece string) string {
	return strings.ReplaceAll(piece, "kafka-kraft.svc", "kafka-other.svc")
}

func writtenVoters(namespace string) []voter {
	var voters []voter
	for i, id := range []string{"56MvjcD0ST4JLcJ09AgD3w", "ifMa4Q0mC9mwggz_M-9dUw", "ch6MDeEqIwft8BWWFEWroQ"} {
		voters = append(voters, voter{i, "kafka-" + string(rune('0'+i)) + ".kafka-svc." + namespace + ".svc.cluster.local", 9093, id})
	}
	return voters
}

func TestLoggedVoters(t *testing.T) {
	const (
		first    = "00000000000000000000-0000000000.checkpoint"
		begin    = "00000000000000000000.log"
		snapshot = "00000000000000000100-0000000003.checkpoint"
		later    = "00000000000000000090.log"
	)
	snap, batch := bytesOf(t, votersCheckpoint), bytesOf(t, votersBatch)
	ours, others := writtenVoters("kafka-kraft"), writtenVoters("kafka-other")
	for name, test := range map[string]struct {
		files map[string]string
		want  []voter
	}{
		"nothing there":                   {nil, nil},
		"formatted":                       {map[string]string{first: snap}, ours},
		"formatted by Kafka 4.4":          {map[string]string{first: bytesOf(t, votersAndFeatures)}, ours},
		"to join, by Kafka 4.4":           {map[string]string{first: bytesOf(t, featuresAlone)}, nil},
		"formatted, ran without a leader": {map[string]string{first: snap, begin: ""}, ours},
		"in the log":                      {map[string]string{begin: batch}, ours},
		"the log is newer":                {map[string]string{first: moved(snap), begin: batch}, ours},
		"the last of the log counts":      {map[string]string{begin: moved(batch) + log(t, 3, 30) + batch}, ours},
		"the latest snapshot counts":      {map[string]string{first: moved(snap), begin: moved(batch), snapshot: snap, later: ""}, ours},
		"moved":                           {map[string]string{begin: moved(batch)}, others},
		"a joiner's":                      {map[string]string{begin: log(t, 3, 30)}, nil},
		"cut by a crash":                  {map[string]string{begin: batch + moved(batch)[:200]}, ours},
		"zeros behind the end":            {map[string]string{begin: batch + strings.Repeat("\x00", 4096)}, ours},
		"nonsense":                        {map[string]string{begin: strings.Repeat("nonsense", 100)}, nil},
	} {
		dir := t.TempDir()
		for file, text := range test.files {
			put(t, filepath.Join(dir, metadataLog, file), text)
		}
		if got, err := loggedVoters(dir); err != nil || !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s: %v, %v; want %v", name, got, err, test.want)
		}
	}
}

func TestCutVotersAreErrors(t *testing.T) {
	whole := votersValue([]byte(bytesOf(t, votersBatch))[batchHead:])
	if voters, err := decodeVoters([]byte(whole)); err != nil || len(voters) != 3 {
		t.Fatalf("%v, %v", voters, err)
	}
	for n := range len(whole) - 1 { // the last byte is the tags'
		if voters, err := decodeVoters([]byte(whole[:n])); err == nil && len(voters) == 3 {
			t.Errorf("the first %d of %d bytes pass for voters", n, len(whole))
		}
	}
}

func FuzzVoters(f *testing.F) {
	f.Add([]byte(bytesOf(f, votersCheckpoint)))
	f.Add([]byte(bytesOf(f, votersBatch)))
	f.Fuzz(func(_ *testing.T, data []byte) { // neither a panic nor much memory, whatever a disk has made of it
		_ = readBatches(bufio.NewReader(bytes.NewReader(data)), 0, func(b batch) {
			_, _ = decodeVoters([]byte(votersValue(b.records())))
			_ = levelOf(b.records())
		})
		_ = votersValue(data)
		_, _ = decodeVoters(data)
	})
}

func TestMeetingNever(t *testing.T) {
	here, there := writtenVoters("kafka-kraft"), writtenVoters("kafka-other")
	addresses := func(voters []voter) (all []string) {
		for _, v := range voters {
			all = append(all, v.address())
		}
		return all
	}
	further := func(n int) []voter { // of the same stack, as somebody who scales by hand makes them
		voters := here
		for id := 3; id < n; id++ {
			v := here[0]
			v.id, v.host = id, strings.Replace(v.host, "kafka-0", "kafka-"+string(rune('0'+id)), 1)
			voters = append(voters[:len(voters):len(voters)], v)
		}
		return voters
	}
	single := here[:1:1]
	withPort := append([]voter{}, here...)
	withPort[1].port, withPort[2].port = 9999, 9999
	for name, test := range map[string]struct {
		logged, planned []voter
		exist           bool
		want            string
	}{
		"as planned":                           {here, here, false, ""},
		"the log knows none":                   {nil, here, false, ""},
		"another namespace":                    {there, here, true, "belong to a quorum of kafka-0.kafka-svc.kafka-other.svc.cluster.local:9093, kafka-1.kafka-svc.kafka-other.svc.cluster.local:9093, kafka-2."},
		"one address is old":                   {[]voter{here[0], here[1], there[2]}, here, false, ""},
		"two addresses are old":                {[]voter{here[0], there[1], there[2]}, here, false, "set clusterName, namespace and clusterDomain back"},
		"a single voter needs no name":         {there[:1], single, false, ""},
		"another port, pods exist":             {withPort, here, true, ""},
		"five voters, three planned":           {further(5), here, false, ""},
		"seven voters, pods exist":             {further(7), here, true, ""},
		"seven voters, only three exist":       {further(7), here, false, "names 7 voters, and the pods of kafka-3."},
		"three voters, one planned":            {here, single, false, "names 3 voters, and the pods of kafka-1.kafka-svc.kafka-kraft.svc.cluster.local:9093, kafka-2."},
		"three voters, one planned, all exist": {here, single, true, ""},
	} {
		m := meeting{self: 0, host: here[0].host, logged: test.logged, planned: addresses(test.planned), exists: func(string) bool { return test.exist }}
		if got := m.never(); (got == "") != (test.want == "") || !strings.Contains(got, test.want) {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}
