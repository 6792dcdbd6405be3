package contract

// LeastBesideHeap is what a node needs of its memory limit beside its heap, in bytes: for code, threads and buffers, for the
// agent, and for a tool that is run in the pod (measured in image/JVM.md).
const LeastBesideHeap = 320 << 20

// BesideHeap returns how many bytes of a memory limit a heap has to leave: LeastBesideHeap, and of a large limit a quarter,
// since what the collector and the network need grows with the heap and the traffic. The program refuses a heap that leaves
// less before anything is changed, the agent before the start: the kernel would kill the JVM later, and without a word.
func BesideHeap[Bytes int64 | uint64](limit Bytes) Bytes { return max(LeastBesideHeap, limit/4) }
