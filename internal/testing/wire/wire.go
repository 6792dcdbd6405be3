// Package wire is a broker's side of Kafka's protocol, for tests of what connects to one.
package wire

import (
	"encoding/binary"
	"io"

	"github.com/twmb/franz-go/pkg/kbin"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// Serve answers requests until the connection ends, or has what is none.
func Serve(conn io.ReadWriter, answer func(kmsg.Request) kmsg.Response) {
	for {
		var size [4]byte
		if _, err := io.ReadFull(conn, size[:]); err != nil {
			return
		}
		message := make([]byte, binary.BigEndian.Uint32(size[:]))
		if _, err := io.ReadFull(conn, message); err != nil {
			return
		}
		reader := kbin.Reader{Src: message}
		req := kmsg.RequestForKey(reader.Int16())
		req.SetVersion(reader.Int16())
		correlation := reader.Int32()
		reader.NullableString() // client id
		if req.IsFlexible() {
			kmsg.SkipTags(&reader)
		}
		if err := req.ReadFrom(reader.Src); err != nil {
			return
		}
		body := kbin.AppendInt32(nil, correlation)
		resp := answer(req)
		if resp.IsFlexible() && resp.Key() != 18 { // ApiVersions is read before versions are known
			body = append(body, 0)
		}
		body = resp.AppendTo(body)
		if _, err := conn.Write(append(kbin.AppendInt32(nil, int32(len(body))), body...)); err != nil {
			return
		}
	}
}

// Versions answers that all requests are known, in all their versions.
func Versions(resp *kmsg.ApiVersionsResponse) {
	for key := range int16(100) {
		known := kmsg.RequestForKey(key)
		if known == nil {
			continue
		}
		version := kmsg.NewApiVersionsResponseApiKey()
		version.ApiKey, version.MaxVersion = key, known.MaxVersion()
		resp.ApiKeys = append(resp.ApiKeys, version)
	}
}
