package codec

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
)

var errShort = errors.New("answer ends too early")

// Decoder reads a message. After the first problem every read gives zero and Err says what it was, so that callers
// check once at the end. Lengths are bounded by what is left, so a damaged message cannot ask for much memory.
type Decoder struct {
	Data []byte // what is not read yet
	Err  error
}

// Take reads so many bytes.
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

// Int8 reads a byte.
func (d *Decoder) Int8() int8 {
	if b := d.Take(1); b != nil {
		return int8(b[0])
	}
	return 0
}

// Int16 reads two bytes.
func (d *Decoder) Int16() int16 {
	if b := d.Take(2); b != nil {
		return int16(binary.BigEndian.Uint16(b))
	}
	return 0
}

// Int32 reads four bytes.
func (d *Decoder) Int32() int32 {
	if b := d.Take(4); b != nil {
		return int32(binary.BigEndian.Uint32(b))
	}
	return 0
}

// Int64 reads eight bytes.
func (d *Decoder) Int64() int64 {
	if b := d.Take(8); b != nil {
		return int64(binary.BigEndian.Uint64(b))
	}
	return 0
}

// Bool reads a byte; everything but 0 is true.
func (d *Decoder) Bool() bool { return d.Int8() != 0 }

// uvarint reads a number of up to ten bytes, the lowest seven bits first.
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

// Text reads a compact string; null counts as empty.
func (d *Decoder) Text() string { return string(d.Take(d.Length())) }

// UUID reads 16 bytes and writes them as Kafka does.
func (d *Decoder) UUID() string { return base64.RawURLEncoding.EncodeToString(d.Take(16)) }

// Int32s reads a compact array of numbers; null counts as empty.
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

// SkipTags passes over the tagged fields at the end of a structure; the agent needs none.
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
