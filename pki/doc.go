// Package pki makes the certificates of a Kafka cluster from one secret: a CA and what it
// signs. It is pure, and the same arguments give the same bytes, so that a preview shows a
// new certificate only when one is due, and nothing but the secret has to be kept.
//
// Keys are of the curve P-256, which Kafka reads from PKCS#8, derived by HKDF (RFC 5869), and
// signatures deterministic (RFC 6979). Time comes from the caller (see Issued).
package pki
