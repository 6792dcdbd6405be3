// Package codec reads and writes Kafka's wire format as far as the agent's few requests and the records of the metadata log
// need it: "flexible" versions only, that is compact strings and arrays and tagged fields (KIP-482). Kafka's own message
// definitions name the fields; they are written and read in that order.
package codec

import "encoding/binary"

// Encoder appends a message to Data.
type Encoder struct{ Data []byte }

// Int8 writes a byte.
func (e *Encoder) Int8(v int8) { e.Data = append(e.Data, byte(v)) }

// Int16 writes two bytes.
func (e *Encoder) Int16(v int16) { e.Data = binary.BigEndian.AppendUint16(e.Data, uint16(v)) }

// Int32 writes four bytes.
func (e *Encoder) Int32(v int32) { e.Data = binary.BigEndian.AppendUint32(e.Data, uint32(v)) }

// Int64 writes eight bytes.
func (e *Encoder) Int64(v int64) { e.Data = binary.BigEndian.AppendUint64(e.Data, uint64(v)) }

// Bool writes 1 or 0.
func (e *Encoder) Bool(v bool) {
	if v {
		e.Int8(1)
	} else {
		e.Int8(0)
	}
}

// Length writes the length of a compact array or string, which is one more than it says; 0 is Null.
func (e *Encoder) Length(n int) { e.Data = binary.AppendUvarint(e.Data, uint64(n+1)) }

// Null writes a compact array or string that is not there.
func (e *Encoder) Null() { e.Data = append(e.Data, 0) }

// Text writes a compact string.
func (e *Encoder) Text(s string) {
	e.Length(len(s))
	e.Data = append(e.Data, s...)
}

// NoTags ends a structure that has no tagged fields.
func (e *Encoder) NoTags() { e.Data = append(e.Data, 0) }
