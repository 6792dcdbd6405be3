package main

// member is a broker or a controller as DescribeCluster lists it.
type member struct {
	id     int
	host   string
	port   int
	fenced bool // brokers only
}

// cluster is an answer to DescribeCluster.
type cluster struct {
	id       string
	leaderID int // the quorum's leader when a controller answers; -1: none known
	members  []member
}

const (
	brokers     int8 = 1
	controllers int8 = 2
)

// describeCluster asks for the brokers (of a broker, fenced ones included) or for the controllers (of a controller).
func (c *client) describeCluster(kind int8) (cluster, error) {
	var e encoder
	e.bool(false) // authorized operations
	e.int8(kind)
	e.bool(kind == brokers)
	e.noTags()
	d, err := c.do(apiCluster, e.data)
	if err != nil {
		return cluster{}, err
	}
	return decodeCluster(d)
}

func decodeCluster(d *decoder) (cluster, error) {
	d.int32() // throttle time
	code, message := d.int16(), d.string()
	d.int8() // kind of members
	out := cluster{id: d.string(), leaderID: int(d.int32())}
	for range d.length() {
		m := member{id: int(d.int32()), host: d.string(), port: int(d.int32())}
		_ = d.string() // rack
		m.fenced = d.bool()
		d.skipTags()
		out.members = append(out.members, m)
	}
	if d.err != nil {
		return cluster{}, d.err
	}
	return out, kafkaError(code, message)
}

// partition is one partition as Metadata shows it.
type partition struct {
	topic         string
	index         int
	replicas, isr []int
}

// partitions asks a broker for all partitions of all topics.
func (c *client) partitions() ([]partition, error) {
	var e encoder
	e.null()      // all topics
	e.bool(false) // create topics
	e.bool(false) // authorized operations
	e.noTags()
	d, err := c.do(apiMetadata, e.data)
	if err != nil {
		return nil, err
	}
	return decodePartitions(d)
}

func decodePartitions(d *decoder) ([]partition, error) {
	d.int32() // throttle time
	for range d.length() {
		d.int32()
		_ = d.string()
		d.int32()
		_ = d.string()
		d.skipTags()
	}
	_ = d.string() // cluster id
	d.int32()      // a random broker where ZooKeeper's controller once was
	var out []partition
	for range d.length() {
		d.int16()
		topic := d.string()
		d.take(16) // topic id
		d.bool()   // internal
		for range d.length() {
			d.int16()
			p := partition{topic: topic, index: int(d.int32())}
			d.int32() // leader
			d.int32() // leader's epoch
			p.replicas, p.isr = d.int32s(), d.int32s()
			d.int32s() // offline replicas
			d.skipTags()
			out = append(out, p)
		}
		d.int32() // authorized operations
		d.skipTags()
	}
	return out, d.err
}
