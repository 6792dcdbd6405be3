package survey

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// RecordLabel marks the ConfigMap that keeps what a cluster is for life, beside its
// records and as long as they exist.
const RecordLabel = "kafka-kraft.io/record"

// Keys of that ConfigMap.
const (
	RecordFacts     = "facts"     // as config.Config.Record writes them
	RecordClusterID = "clusterId" // 22 characters
	RecordNode      = "node"      // that has the shared volume's directory, "" if not known
)

// Record is what such a ConfigMap says.
type Record struct {
	Namespace, Cluster string
	Owner              string
	Facts, ClusterID   string
	Node               string
}

// RecordName is the name of a cluster's record.
func RecordName(cluster string) string { return cluster + "-record" }

func (l *looker) records(owner string) error {
	own, err := l.client.CoreV1().ConfigMaps(l.wanted.Namespace).Get(l.ctx, RecordName(l.wanted.Cluster), metav1.GetOptions{})
	if err := ignoreMissing(err); err != nil {
		return err
	}
	if err == nil && own.Labels[RecordLabel] != "" {
		record := recordOf(own)
		l.found.Record = &record
	}
	everywhere, err := l.client.CoreV1().ConfigMaps(metav1.NamespaceAll).List(l.ctx, metav1.ListOptions{LabelSelector: RecordLabel})
	if err != nil {
		return err
	}
	for i := range everywhere.Items {
		record := recordOf(&everywhere.Items[i])
		here := record.Namespace == l.wanted.Namespace && record.Cluster == l.wanted.Cluster
		if here || record.Owner != owner {
			continue
		}
		runs, err := l.runs(record)
		if err != nil {
			return err
		}
		if !runs {
			l.found.Left = append(l.found.Left, record)
		}
	}
	slices.SortFunc(l.found.Left, func(a, b Record) int { return strings.Compare(a.Namespace+"/"+a.Cluster, b.Namespace+"/"+b.Cluster) })
	return nil
}

// runs reports whether the record's cluster has a workload; then it is no leftover, but the
// cluster of another stack of this name.
func (l *looker) runs(r Record) (bool, error) {
	other := looker{wanted: Wanted{Cluster: r.Cluster}}
	sets, err := l.client.AppsV1().StatefulSets(r.Namespace).List(l.ctx, other.ours())
	if err != nil {
		return false, err
	}
	return len(sets.Items) > 0, nil
}

func recordOf(c *corev1.ConfigMap) Record {
	return Record{
		Namespace: c.Namespace, Cluster: c.Labels[clusterLabel], Owner: c.Annotations[OwnerAnnotation],
		Facts: c.Data[RecordFacts], ClusterID: c.Data[RecordClusterID], Node: c.Data[RecordNode],
	}
}
