package bench_test

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kmsg"
)

// patience is how long a node may take to answer.
const patience = time.Minute

// firstAnswer asks a node until it has answered ApiVersions and Metadata with a broker in it, and returns when that was.
// A client library would do the same, with pauses of its own choice between two attempts.
func firstAnswer(t *testing.T, c container, address string) time.Time {
	t.Helper()
	deadline := time.Now().Add(patience)
	for looked := time.Now(); ; {
		err := ask(t.Context(), address)
		if err == nil {
			return time.Now()
		}
		if time.Since(looked) > 5*time.Second {
			looked = time.Now()
			if err := c.running(); err != nil {
				t.Fatal(err)
			}
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s does not answer within %s: %v", address, patience, err)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// ask opens a connection for one ApiVersions and one Metadata request.
func ask(ctx context.Context, address string) error {
	dialer := net.Dialer{Timeout: time.Second}
	connection, err := dialer.DialContext(ctx, "tcp", address)
	if err != nil {
		return err
	}
	defer func() { _ = connection.Close() }()
	if err := connection.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		return err
	}
	versions := kmsg.NewPtrApiVersionsRequest()
	versions.SetVersion(2)
	if _, err := request(connection, versions); err != nil {
		return err
	}
	metadata := kmsg.NewPtrMetadataRequest()
	metadata.SetVersion(7)
	answer, err := request(connection, metadata)
	if err != nil {
		return err
	}
	if known, ok := answer.(*kmsg.MetadataResponse); !ok || len(known.Brokers) == 0 {
		return errors.New("no broker in the metadata yet")
	}
	return nil
}

// request sends a request of a version without tagged fields, whose answer begins with its length and a number that
// tells which request it is for.
func request(connection net.Conn, request kmsg.Request) (kmsg.Response, error) {
	if _, err := connection.Write(kmsg.NewRequestFormatter(kmsg.FormatterClientID("bench")).AppendRequest(nil, request, 1)); err != nil {
		return nil, err
	}
	var header [8]byte
	if _, err := io.ReadFull(connection, header[:]); err != nil {
		return nil, err
	}
	size := binary.BigEndian.Uint32(header[:4])
	if size < 4 || size > 1<<20 {
		return nil, fmt.Errorf("an answer of %d bytes", size)
	}
	body := make([]byte, size-4)
	if _, err := io.ReadFull(connection, body); err != nil {
		return nil, err
	}
	answer := request.ResponseKind()
	return answer, answer.ReadFrom(body)
}
