package main

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
)

// The parts of Kafka's wire format that the agent's few requests need: "flexible" versions only, that is compact
// strings and arrays and tagged fields (KIP-482). Kafka's own message definitions name the fields; here they are
// written and read in that order.

// encoder appends a request.
type encoder struct{ data []byte }

func (e *encoder) int8(v int8)   { e.data = append(e.data, byte(v)) }
func (e *encoder) int16(v int16) { e.data = binary.BigEndian.AppendUint16(e.data, uint16(v)) }
func (e *encoder) int32(v int32) { e.data = binary.BigEndian.AppendUint32(e.data, uint32(v)) }
func (e *encoder) noTags()       { e.data = append(e.data, 0) }

func (e *encoder) bool(v bool) {
	if v {
		e.int8(1)
	} else {
		e.int8(0)
	}
}

// length writes the length of a compact array or string, which is one more than it says; 0 is null.
func (e *encoder) length(n int) { e.data = binary.AppendUvarint(e.data, uint64(n+1)) }
func (e *encoder) null()        { e.data = append(e.data, 0) }

func (e *encoder) string(s string) {
	e.length(len(s))
	e.data = append(e.data, s...)
}

var errShort = errors.New("answer ends too early")

// decoder reads an answer. After the first problem every read gives zero and err says what it was, so that callers
// check once at the end. Lengths are bounded by what is left, so a damaged answer cannot ask for much memory.
type decoder struct {
	data []byte
	err  error
}

func (d *decoder) take(n int) []byte {
	if d.err != nil || n < 0 || n > len(d.data) {
		if d.err == nil {
			d.err = errShort
		}
		return nil
	}
	out := d.data[:n]
	d.data = d.data[n:]
	return out
}

func (d *decoder) int8() int8 {
	if b := d.take(1); b != nil {
		return int8(b[0])
	}
	return 0
}

func (d *decoder) int16() int16 {
	if b := d.take(2); b != nil {
		return int16(binary.BigEndian.Uint16(b))
	}
	return 0
}

func (d *decoder) int32() int32 {
	if b := d.take(4); b != nil {
		return int32(binary.BigEndian.Uint32(b))
	}
	return 0
}

func (d *decoder) int64() int64 {
	if b := d.take(8); b != nil {
		return int64(binary.BigEndian.Uint64(b))
	}
	return 0
}

func (d *decoder) bool() bool { return d.int8() != 0 }

func (d *decoder) uvarint() uint64 {
	v, n := binary.Uvarint(d.data)
	if n <= 0 {
		if d.err == nil {
			d.err = errShort
		}
		return 0
	}
	d.take(n)
	return v
}

// length reads the length of a compact array or string; null counts as empty.
func (d *decoder) length() int {
	n := d.uvarint()
	if n == 0 || d.err != nil {
		return 0
	}
	if n-1 > uint64(len(d.data)) { // every element takes a byte at least
		d.err = errShort
		return 0
	}
	return int(n - 1)
}

func (d *decoder) string() string { return string(d.take(d.length())) }

// uuid reads 16 bytes and writes them as Kafka does.
func (d *decoder) uuid() string { return base64.RawURLEncoding.EncodeToString(d.take(16)) }

func (d *decoder) int32s() []int {
	n := d.length()
	if n*4 > len(d.data) {
		d.err = errShort
		return nil
	}
	out := make([]int, 0, n)
	for range n {
		out = append(out, int(d.int32()))
	}
	return out
}

// skipTags passes over tagged fields; the agent needs none.
func (d *decoder) skipTags() {
	for n := d.uvarint(); n > 0 && d.err == nil; n-- {
		d.uvarint()
		size := d.uvarint()
		if size > uint64(len(d.data)) {
			d.err = errShort
			return
		}
		d.take(int(size))
	}
}

// varint reads a number as records have it: zigzag, so that small negative ones are short.
func (d *decoder) varint() int {
	u := d.uvarint()
	return int(int64(u>>1) ^ -int64(u&1))
}
