package config

import (
	"reflect"
	"slices"
	"strings"

	"github.com/kafka-kraft/kafka-kraft/topology"
)

// useless are keys that have no effect together with the rest of a configuration: whoever
// sets one expects what will not happen. What has its default was not set, or might as
// well not have been.
type useless struct {
	when bool
	keys []string // paths; of an object, all of it
	why  string
}

func (c Config) useless() []useless {
	shared := c.Storage.Mode == Shared
	return []useless{
		{
			c.Topology == topology.Combined, []string{"controller", "controllerIds", "restart.controllers", "storage.controllerSize"},
			"is of no use in a combined cluster, whose nodes are all brokers, too, and sized by kafka-kraft:broker and storage.size, and restarted by restart.brokers: leave it out, or use kafka-kraft:topology separated",
		},
		{
			c.Storage.Mode == PerPod, []string{"storage.hostPath", "storage.volumeName"},
			"is of no use with storage.mode perPod, where every pod has a claim: leave it out, or use shared",
		},
		{
			shared, []string{"retainData"},
			"is of no use with storage.mode shared, whose records are never deleted: leave it out, or use perPod",
		},
		{
			shared, []string{"replace"},
			"is of no use with storage.mode shared, where all pods have one volume together, which stays: leave it out",
		},
		{
			shared && c.Scheduling.SpreadKey != "", []string{"scheduling.spreadKey"},
			"is of no use with storage.mode shared, whose pods all run on one node: leave it out, or use perPod",
		},
		{
			c.Image != "", []string{"imageRegistry"},
			"is where to push what is built, and a ready kafka-kraft:image is not: leave one of them out",
		},
		{
			c.External.Type == NoExternal, []string{"external.host", "external.basePort"},
			"is of no use without external.type nodePort",
		},
		{
			!c.WantsPodMonitor() && !c.Monitoring.Rules, []string{"monitoring.labels"},
			"is for the PodMonitor and the PrometheusRule, of which there is none: leave it out, or use monitoring.podMonitor or monitoring.rules",
		},
		{
			!c.Monitoring.Dashboards, []string{"monitoring.dashboardLabels"},
			"is of no use without dashboards: leave it out, or use monitoring.dashboards",
		},
		{
			c.Security.Encryption == topology.None, []string{"security.authentication", "security.certificates"},
			"is of no use with security.encryption none: leave it out, or begin with offered",
		},
		{
			c.Security.Encryption != topology.None && c.Security.Certificates.Source == SecretCertificates,
			[]string{"security.certificates.lifetime", "security.certificates.caLifetime", "security.certificates.hosts"},
			"is for whoever makes the Secret, with security.certificates.source secret: leave it out, or use pulumi",
		},
		{
			c.Security.Authorization == topology.Open, []string{"security.superUsers"},
			"is of no use with security.authorization open, where everybody may do everything: leave it out, or use warn or closed",
		},
	}
}

// checkUseless refuses the keys that have no effect, at the deepest path that was set.
func (c Config) checkUseless(p *Problems) {
	said := set("", reflect.ValueOf(c), reflect.ValueOf(Default()))
	for _, u := range c.useless() {
		if !u.when {
			continue
		}
		for path, value := range sorted(said) {
			if slices.ContainsFunc(u.keys, func(key string) bool { return path == key || strings.HasPrefix(path, key+".") }) {
				p.add(path, value, "%s", u.why)
			}
		}
	}
}

// set are the paths at which two structs differ, with the first one's values. An empty
// map or list is the same as none.
func set(prefix string, is, was reflect.Value) map[string]string {
	paths := map[string]string{}
	for name, i := range fields(is.Type()) {
		path, is, was := prefix+name, is.Field(i), was.Field(i)
		switch is.Kind() {
		case reflect.Struct:
			for path, value := range set(path+".", is, was) {
				paths[path] = value
			}
		case reflect.Map, reflect.Slice:
			if is.Len()+was.Len() > 0 && !reflect.DeepEqual(is.Interface(), was.Interface()) {
				paths[path] = show(is.Interface())
			}
		default:
			if !is.Equal(was) {
				paths[path] = strings.Trim(show(is.Interface()), `"`)
			}
		}
	}
	return paths
}
