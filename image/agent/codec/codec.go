package codec

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
)

// The parts of Kafka's wire format that the agent's few requests need: "flexible" versions only, that is compact
// strings and arrays and tagged fields (KIP-482). Kafka's own message definitions name the fields; here they are
// written and read in that order.

// Encoder appends a request.
type Encoder struct{ Data []byte }

func (e *Encoder) Int8(v int8)   { e.Data = append(e.Data, byte(v)) }
func (e *Encoder) Int16(v int16) { e.Data = binary.BigEndian.AppendUint16(e.Data, uint16(v)) }
func (e *Encoder) Int32(v int32) { e.Data = binary.BigEndian.AppendUint32(e.Data, uint32(v)) }
func (e *Encoder) NoTags()       { e.Data = append(e.Data, 0) }

func (e *Encoder) Bool(v bool) {
	if v {
		e.Int8(1)
	} else {
		e.Int8(0)
	}
}

// Length writes the length of a compact array or string, which is one more than it says; 0 is null.
func (e *Encoder) Length(n int) { e.Data = binary.AppendUvarint(e.Data, uint64(n+1)) }
func (e *Encoder) Null()        { e.Data = append(e.Data, 0) }

func (e *Encoder) Text(s string) {
	e.Length(len(s))
	e.Data = append(e.Data, s...)
}

var errShort = errors.New("answer ends too early")

// Decoder reads an answer. After the first problem every read gives zero and err says what it was, so that callers
// check once at the end. Lengths are bounded by what is left, so a damaged answer cannot ask for much memory.
type Decoder struct {
	Data []byte
	Err  error
}

func (d *Decoder) Take(n int) []byte {
	if d.Err != nil || n < 0 || n > len(d.Data) {
		if d.Err == nil {
			d.Err = errShort
		}
		return nil
	}
	out := d.Data[:n]
	d.Data = d.Data[n:]
	return out
}

func (d *Decoder) Int8() int8 {
	if b := d.Take(1); b != nil {
		return int8(b[0])
	}
	return 0
}

func (d *Decoder) Int16() int16 {
	if b := d.Take(2); b != nil {
		return int16(binary.BigEndian.Uint16(b))
	}
	return 0
}

func (d *Decoder) Int32() int32 {
	if b := d.Take(4); b != nil {
		return int32(binary.BigEndian.Uint32(b))
	}
	return 0
}

func (d *Decoder) Int64() int64 {
	if b := d.Take(8); b != nil {
		return int64(binary.BigEndian.Uint64(b))
	}
	return 0
}

func (d *Decoder) Bool() bool { return d.Int8() != 0 }

func (d *Decoder) uvarint() uint64 {
	v, n := binary.Uvarint(d.Data)
	if n <= 0 {
		if d.Err == nil {
			d.Err = errShort
		}
		return 0
	}
	d.Take(n)
	return v
}

// Length reads the length of a compact array or string; null counts as empty.
func (d *Decoder) Length() int {
	n := d.uvarint()
	if n == 0 || d.Err != nil {
		return 0
	}
	if n-1 > uint64(len(d.Data)) { // every element takes a byte at least
		d.Err = errShort
		return 0
	}
	return int(n - 1)
}

func (d *Decoder) Text() string { return string(d.Take(d.Length())) }

// Uuid reads 16 bytes and writes them as Kafka does.
func (d *Decoder) Uuid() string { return base64.RawURLEncoding.EncodeToString(d.Take(16)) }

func (d *Decoder) Int32s() []int {
	n := d.Length()
	if n*4 > len(d.Data) {
		d.Err = errShort
		return nil
	}
	out := make([]int, 0, n)
	for range n {
		out = append(out, int(d.Int32()))
	}
	return out
}

// SkipTags passes over tagged fields; the agent needs none.
func (d *Decoder) SkipTags() {
	for n := d.uvarint(); n > 0 && d.Err == nil; n-- {
		d.uvarint()
		size := d.uvarint()
		if size > uint64(len(d.Data)) {
			d.Err = errShort
			return
		}
		d.Take(int(size))
	}
}

// Varint reads a number as records have it: zigzag, so that small negative ones are short.
func (d *Decoder) Varint() int {
	u := d.uvarint()
	return int(int64(u>>1) ^ -int64(u&1))
}
