// Reference-counted buffers, aligned to 64 bytes, from a pool of size classes. Used by Tensor alone.
#pragma once

#include <sys/single_threaded.h>

#include <cstddef>
#include <cstdint>

namespace cinta {

/// The head of a buffer; its bytes follow 64 bytes after it.
struct Storage {
  std::uint32_t references;
  std::uint16_t size_class;
  bool exposed;  // a mutable pointer was handed out, so it may change under any later sharer
  Storage* next;
  std::size_t capacity;
  const void* taker;  // the pool of the thread that took it

  void* data() { return reinterpret_cast<std::byte*>(this) + 64; }
};

/// The largest buffer.
inline constexpr std::size_t max_storage_bytes = std::size_t{1} << 46;

/// A buffer of at least `bytes` bytes with one reference; its contents are undefined.
/// It comes from this thread's pool, and from the allocator only when the pool has none (`std::bad_alloc`).
Storage* acquire_storage(std::size_t bytes);

/// Gives a buffer without references to this thread's pool, or, where another thread took it, to the pool that threads
/// share.
void recycle_storage(Storage* storage) noexcept;

/// Gives this thread's pool to the pool that threads share.
void share_pooled_memory() noexcept;

/// Returns every buffer of this thread's pool, and of the pool that threads share, to the system. Threads that helped
/// with a parallel loop have shared theirs some 200 µs after the last.
void release_pooled_memory() noexcept;

/// The bytes that a buffer has room for: at least those asked for, at most a quarter more and 64.
inline std::size_t capacity_of(const Storage& storage) noexcept { return storage.capacity; }

/// Bytes of the process's buffers: in use (tensors hold them) and pooled (waiting to be used again, by any thread).
struct MemoryUse {
  std::size_t in_use = 0;
  std::size_t pooled = 0;
};
MemoryUse memory_use() noexcept;

// Counted plainly while the process has one thread, as std::shared_ptr does: 19 ns a tiny op against 36.
inline void add_reference(Storage* s) noexcept {
  if (__libc_single_threaded) ++s->references;
  else __atomic_fetch_add(&s->references, 1u, __ATOMIC_RELAXED);
}

inline void drop_reference(Storage* s) noexcept {
  const std::uint32_t left =
      __libc_single_threaded ? --s->references : __atomic_sub_fetch(&s->references, 1u, __ATOMIC_ACQ_REL);
  if (left == 0) recycle_storage(s);
}

inline bool is_unique(const Storage* s) noexcept { return __atomic_load_n(&s->references, __ATOMIC_ACQUIRE) == 1; }

}  // namespace cinta
