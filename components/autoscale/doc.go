// Package autoscale lets KEDA scale an application by the lag of its consumer group: it makes a
// ScaledObject and, for a Kafka that asks who one is, a TriggerAuthentication from the Secret of a
// Kafka user. KEDA itself, which is not installed here, makes a HorizontalPodAutoscaler of it.
//
// Brokers and controllers are never scaled so: they hold records and votes. What they can be is in
// the stack's configuration.
//
// The facts about KEDA are those of its release 2.21, by its sources: pkg/scalers/kafka_scaler.go,
// pkg/scaling/executor/scale_scaledobjects.go and pkg/fallback/fallback.go.
package autoscale
