// Package wire asks Kafka's nodes what the agent has to know, in Kafka's protocol: few requests, each in the one version that
// this image's Kafka has. What the answers mean is decided elsewhere.
package wire

import (
	"cmp"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"syscall"
	"time"

	"github.com/kafka-kraft/kafka-kraft/image/agent/codec"
)

// api is one request of Kafka's protocol in one version. The image pins Kafka, so versions are not negotiated.
type api struct{ key, version int16 }

var (
	apiEnds         = api{2, 7}
	apiMetadata     = api{3, 12}
	apiCommitted    = api{9, 8}  // version 8: many groups at once
	apiMembers      = api{15, 5} // of classic groups
	apiGroups       = api{16, 5} // version 5: a group's type (KIP-848)
	apiConfigs      = api{32, 4}
	apiQuorum       = api{55, 2} // version 2: directory ids and addresses (KIP-853)
	apiCluster      = api{60, 2} // version 2: fenced brokers (KIP-1073)
	apiConsumers    = api{69, 0} // members of groups that the coordinator assigns for (KIP-848)
	apiLeaders      = api{75, 0} // unlike Metadata it tells of eligible leader replicas (KIP-966)
	apiShareMembers = api{77, 1} // of share groups (KIP-932)
	apiShareOffsets = api{90, 1} // version 1: lag (KIP-1226)
)

// Answers that are none, and say something all the same.
var (
	// ErrNotListening is a refused connection: the JVM is there but has not opened its port yet (log recovery), or has closed
	// it already.
	ErrNotListening = errors.New("not listening")
	// ErrUntrusted is a connection on which one side does not take the other's certificate, such as one that has expired.
	ErrUntrusted = errors.New("TLS was refused")
	// ErrNotLeader is what a controller answers that is not the quorum's leader.
	ErrNotLeader = errors.New("not the leader")
)

const (
	requestTimeout = 5 * time.Second
	clientID       = "kafka-agent"
	largestAnswer  = 256 << 20 // bytes; Metadata of the largest clusters is some tens of MiB
	codeNotLeader  = 6         // Kafka's error NOT_LEADER_OR_FOLLOWER
)

// request is the whole message with this number: the length of what follows, header version 2, the body.
func (a api) request(number int32, body []byte) []byte {
	var head codec.Encoder
	head.Int32(0) // length, filled in below
	head.Int16(a.key)
	head.Int16(a.version)
	head.Int32(number)
	head.Int16(int16(len(clientID))) // the one string that is not compact
	head.Data = append(head.Data, clientID...)
	head.NoTags()
	message := slices.Concat(head.Data, body)
	binary.BigEndian.PutUint32(message, uint32(len(message)-4))
	return message
}

// Client asks one address, one request at a time, over one connection that it opens again when it broke.
type Client struct {
	Address string
	TLS     *tls.Config   // nil: plain text. Its ServerName counts for an address without a name
	Timeout time.Duration // of one request; 0: requestTimeout
	Largest uint32        // bytes of one answer; 0: largestAnswer
	conn    net.Conn
	next    int32
}

// Close closes the connection; the next request opens another one.
func (c *Client) Close() {
	if c.conn != nil {
		_ = c.conn.Close()
		c.conn = nil
	}
}

// do sends a request and returns its answer's body. The error is ErrNotListening where nobody listens, and ErrUntrusted
// where there is no trust.
func (c *Client) do(a api, body []byte) (*codec.Decoder, error) {
	timeout := c.Timeout
	if timeout == 0 {
		timeout = requestTimeout
	}
	deadline := time.Now().Add(timeout)
	if c.conn == nil {
		conn, err := net.DialTimeout("tcp", c.Address, timeout)
		if err != nil {
			if errors.Is(err, syscall.ECONNREFUSED) {
				return nil, fmt.Errorf("%s: %w", c.Address, ErrNotListening)
			}
			return nil, fmt.Errorf("%s: %w", c.Address, err)
		}
		c.conn = c.secured(conn)
	}
	answer, err := c.exchange(a, body, deadline)
	if err != nil {
		c.Close()
		if untrusted(err) {
			err = fmt.Errorf("%w: %w", ErrUntrusted, err)
		}
		return nil, fmt.Errorf("%s: %w", c.Address, err)
	}
	return answer, nil
}

// secured is the connection as the address wants it. The first write to it is where TLS begins, within the request's time.
func (c *Client) secured(conn net.Conn) net.Conn {
	if c.TLS == nil {
		return conn
	}
	config := c.TLS
	if host, _, err := net.SplitHostPort(c.Address); err == nil && net.ParseIP(host) == nil {
		config = config.Clone()
		config.ServerName = host
	}
	return tls.Client(conn, config)
}

// untrusted reports whether this side refused the certificate of the other, or the other one that of this side.
func untrusted(err error) bool {
	var theirs *tls.CertificateVerificationError
	var ours *net.OpError
	return errors.As(err, &theirs) || errors.As(err, &ours) && ours.Op == "remote error" // an alert of TLS
}

// exchange sends the request and waits for the answer that has its number.
func (c *Client) exchange(a api, body []byte, deadline time.Time) (*codec.Decoder, error) {
	if err := c.conn.SetDeadline(deadline); err != nil {
		return nil, err
	}
	c.next++
	if _, err := c.conn.Write(a.request(c.next, body)); err != nil {
		return nil, err
	}

	var size [4]byte
	if _, err := io.ReadFull(c.conn, size[:]); err != nil {
		return nil, err
	}
	n := binary.BigEndian.Uint32(size[:])
	if n > cmp.Or(c.Largest, largestAnswer) {
		return nil, fmt.Errorf("an answer of %d bytes is too large", n)
	}
	data := make([]byte, n)
	if _, err := io.ReadFull(c.conn, data); err != nil {
		return nil, err
	}
	return answerTo(c.next, data)
}

// answerTo returns the body of a message behind its header of version 1, if it answers the request with this number.
func answerTo(number int32, message []byte) (*codec.Decoder, error) {
	d := &codec.Decoder{Data: message}
	if got := d.Int32(); got != number {
		return nil, fmt.Errorf("answer %d came for request %d", got, number)
	}
	d.SkipTags()
	return d, d.Err
}

// kafkaError turns an error code into an error; the codes that matter here get their names.
func kafkaError(code int16, message string) error {
	if code == 0 {
		return nil
	}
	if code == codeNotLeader {
		return ErrNotLeader
	}
	if message == "" {
		message = "see Kafka docs, error codes"
	}
	return fmt.Errorf("kafka error %d: %s", code, message)
}
