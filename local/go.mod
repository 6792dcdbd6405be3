module github.com/kafka-kraft/kafka-kraft/local

go 1.26
