package config

import (
	"reflect"
	"strconv"
	"strings"

	"github.com/kafka-kraft/kafka-kraft/internal/topicname"
)

// DefaultEntity is a quota's user or client id that stands for all without one of their own.
const DefaultEntity = "<default>"

func (c Config) checkTopics(p *Problems) {
	metrics := map[string]string{} // topics by what their metrics are called
	for name, topic := range sorted(c.Topics) {
		path := "topics." + name
		if problem := topicname.Problem(name); problem != "" {
			p.add(path, "", "%s", problem)
		}
		metric := topicname.Metric(name)
		if other, taken := metrics[metric]; taken {
			p.add(path, "", "has the same metrics as topic %s, since Kafka writes _ for a dot there, and so refuses the second one: choose another name for one of them", other)
		}
		metrics[metric] = name
		checkAllowed(p, path+".", reflect.ValueOf(topic))
		switch rf := topic.ReplicationFactor; {
		case rf < 0:
			p.add(path+".replicationFactor", strconv.Itoa(rf), "must be from 1 to the number of brokers, or 0 for the cluster's")
		case rf > c.Brokers:
			p.add(path+".replicationFactor", strconv.Itoa(rf), "must not be more than the number of brokers (%d)", c.Brokers)
		}
		for key, value := range sorted(topic.Configs) {
			if key == "" || strings.ContainsFunc(key, func(r rune) bool { return r <= ' ' || r > '~' }) {
				p.add(path+".configs."+key, value, "is no name of a topic's configuration, such as retention.ms")
			}
		}
	}
}

func (c Config) checkQuotas(p *Problems) {
	type entity struct{ user, clientID string }
	taken := map[entity]string{}
	for name, quota := range sorted(c.Quotas) {
		path := "quotas." + name
		who := entity{quota.User, quota.ClientID}
		if who == (entity{}) {
			p.add(path, "", "limits nobody: give it a user, a clientId or both, or %s for all that have no quota of their own", DefaultEntity)
		} else if other, twice := taken[who]; twice {
			p.add(path, "", "limits the same clients as quotas.%s: make them one", other)
		} else {
			taken[who] = name
		}
		checkQuantity(p, path+".producerByteRate", quota.ProducerByteRate, "1", false)
		checkQuantity(p, path+".consumerByteRate", quota.ConsumerByteRate, "1", false)
		for key, value := range sorted(map[string]float64{
			"requestPercentage": quota.RequestPercentage, "controllerMutationRate": quota.ControllerMutationRate,
		}) {
			if value < 0 {
				p.add(path+"."+key, strconv.FormatFloat(value, 'f', -1, 64), "must be more than 0, or 0 for no limit")
			}
		}
		if quota.ProducerByteRate == "" && quota.ConsumerByteRate == "" && quota.RequestPercentage == 0 && quota.ControllerMutationRate == 0 {
			p.add(path, "", "sets no limit: give it producerByteRate, consumerByteRate, requestPercentage or controllerMutationRate")
		}
	}
}
