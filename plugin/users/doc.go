// Package users has the users of provider kafka-kraft: a name with a password or a certificate,
// what it may do, and how much of it.
//
// A user whose authentication is scram-sha-512 has a password, of which Kafka keeps what is needed
// to judge one, and which it never tells. Kafka keeps one for each mechanism: another password
// takes the place of the former one at once, and who is connected stays so. A user whose
// authentication is tls has nothing in Kafka but its ACLs and limits: it is the common name of a
// certificate, which is somebody else's to make. Kafka takes no certificate back, so a user that had
// one is given no password, and its name nobody else before the certificate ends.
//
// The ACLs of a user are exactly those that its resource says; those of others are let alone. So
// is a user that somebody else has made: it is taken over only on purpose (adopt), since nobody
// can tell whether the password that it has is the one that it shall have.
//
// Kafka is reached, waited for and left alone as package topics does it.
package users
