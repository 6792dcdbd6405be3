package lag

import (
	"crypto/tls"
	"sync"
	"time"

	"github.com/kafka-kraft/kafka-kraft/image/agent/wire"
)

// patience is how long one broker has for one answer.
const patience = 3 * time.Second

// brokers are the leaders, each asked over a connection that stays open from round to round.
type brokers struct {
	tls     *tls.Config
	mu      sync.Mutex
	clients map[string]*wire.Client // by address
	asked   map[string]bool         // in this round
}

// newBrokers asks in TLS as this says; nil: in plain text.
func newBrokers(security *tls.Config) *brokers {
	return &brokers{tls: security, clients: map[string]*wire.Client{}, asked: map[string]bool{}}
}

func (b *brokers) ends(address string, partitions []wire.TopicPartition) (map[wire.TopicPartition]int64, error) {
	return b.client(address).Ends(partitions)
}

func (b *brokers) client(address string) *wire.Client {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.asked[address] = true
	if b.clients[address] == nil {
		b.clients[address] = &wire.Client{Address: address, TLS: b.tls, Timeout: patience, Largest: largest}
	}
	return b.clients[address]
}

// rest closes the connections that the round did not need, between two rounds.
func (b *brokers) rest() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for address, client := range b.clients {
		if !b.asked[address] {
			client.Close()
			delete(b.clients, address)
		}
	}
	clear(b.asked)
}
