#include <cinta/framework/core/storage.hpp>

#include <sys/mman.h>

#include <array>
#include <atomic>
#include <bit>
#include <cstdlib>
#include <mutex>
#include <new>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define CINTA_ASAN 1
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define CINTA_ASAN 1
#endif
#if defined(CINTA_ASAN)
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(address, size) ((void)(address), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(address, size) ((void)(address), (void)(size))
#endif

namespace cinta {
namespace {

constexpr std::size_t header = 64;
constexpr int classes = 160;

[[noreturn, gnu::noinline]] void refuse_size() { throw std::bad_alloc(); }

// Four classes an octave, in units of 64 bytes: at most a quarter of a buffer is waste.
int class_of(std::size_t bytes) {
  if (bytes <= 256) return static_cast<int>((bytes - (bytes != 0)) / 64);
  if (bytes > max_storage_bytes) refuse_size();
  const std::size_t units = (bytes - 1) / 64 + 1;
  const int octave = std::bit_width(units - 1) - 1;  // units in (2^octave, 2^(octave + 1)]
  const auto quarter = static_cast<int>((units - 1) >> (octave - 2)) & 3;
  return 4 + 4 * (octave - 2) + quarter;
}

std::size_t capacity_of(int size_class) {
  if (size_class < 4) return 64 * static_cast<std::size_t>(size_class + 1);
  const int octave = (size_class - 4) / 4 + 2;
  const auto quarter = static_cast<std::size_t>((size_class - 4) % 4);
  return 64 * ((std::size_t{4} + quarter + 1) << (octave - 2));
}

// Large buffers lie on huge pages where the system has them: a batch of 64 rows out of 51 MB is gathered in 11 µs
// instead of 37.
void* allocate(std::size_t bytes) {
  constexpr std::size_t huge_page = std::size_t{2} << 20;
  if (bytes < 2 * huge_page) return std::aligned_alloc(64, bytes);
  const std::size_t rounded = (bytes + huge_page - 1) / huge_page * huge_page;
  void* memory = std::aligned_alloc(huge_page, rounded);
#ifdef MADV_HUGEPAGE
  if (memory != nullptr) madvise(memory, rounded, MADV_HUGEPAGE);  // a wish: it may be refused
#endif
  return memory;
}

std::atomic<std::size_t> allocated_bytes{0};

void free_storage(Storage* s) noexcept {
  allocated_bytes.fetch_sub(s->capacity, std::memory_order_relaxed);
  ASAN_UNPOISON_MEMORY_REGION(s->data(), s->capacity);
  std::free(s);
}

// Buffers that one thread took and another freed: each thread keeps what it took itself, so that none collects what
// others go on making.
struct SharedPool {
  std::mutex mutex;
  std::array<Storage*, classes> free{};
};
SharedPool& shared_pool() {
  static auto* pool = new SharedPool;  // never destroyed: static tensors outlive any order of destruction
  return *pool;
}
std::atomic<std::size_t> shared_bytes{0};

struct Pool {
  Storage* free[classes];
  std::size_t bytes;  // of these; written by its thread alone, read by `memory_use`: plain moves, but atomic ones
  bool registered;    // in the list, and drained when the thread ends
  bool closed;        // the thread is ending
  Pool* next;         // of the list of pools

  void set_bytes(std::size_t n) { __atomic_store_n(&bytes, n, __ATOMIC_RELAXED); }
};
constinit thread_local Pool pool{};  // trivially destructible, so that access needs no guard

constinit std::mutex pools_mutex;
constinit Pool* pools = nullptr;  // of the threads that live

void drain(Pool& p) noexcept {
  for (Storage*& head : p.free)
    while (head != nullptr) {
      Storage* s = head;
      head = s->next;
      free_storage(s);
    }
  p.set_bytes(0);
}

struct PoolCloser {
  ~PoolCloser() {
    pool.registered = false;
    pool.closed = true;
    drain(pool);
    const std::lock_guard lock(pools_mutex);
    Pool** link = &pools;
    while (*link != &pool) link = &(*link)->next;
    *link = pool.next;
  }
};

[[gnu::noinline]] void register_closer() {
  static thread_local PoolCloser closer;
  (void)closer;
  pool.registered = true;
  const std::lock_guard lock(pools_mutex);
  pool.next = pools;
  pools = &pool;
}

Storage* made_or_shared(int size_class) {
  if (shared_bytes.load(std::memory_order_relaxed) != 0) {
    SharedPool& shared = shared_pool();
    const std::lock_guard lock(shared.mutex);
    if (Storage* s = shared.free[size_class]) {
      shared.free[size_class] = s->next;
      shared_bytes.fetch_sub(s->capacity, std::memory_order_relaxed);
      return s;
    }
  }
  const std::size_t capacity = capacity_of(size_class);
  void* memory = allocate(header + capacity);
  if (memory == nullptr) throw std::bad_alloc();
  allocated_bytes.fetch_add(capacity, std::memory_order_relaxed);
  auto* s = static_cast<Storage*>(memory);
  s->size_class = static_cast<std::uint16_t>(size_class);
  s->capacity = capacity;
  return s;
}

Storage* handed_out(Storage* s, std::size_t bytes) {
  s->references = 1;
  s->taker = &pool;
  s->exposed = false;
  ASAN_UNPOISON_MEMORY_REGION(s->data(), bytes);
  return s;
}

[[gnu::noinline]] Storage* acquire_slowly(int size_class, std::size_t bytes) {
  if (!pool.registered && !pool.closed) register_closer();
  return handed_out(made_or_shared(size_class), bytes);
}

[[gnu::noinline]] void give_to_shared(Storage* s) noexcept {
  SharedPool& shared = shared_pool();
  const std::lock_guard lock(shared.mutex);
  s->next = shared.free[s->size_class];
  shared.free[s->size_class] = s;
  shared_bytes.fetch_add(s->capacity, std::memory_order_relaxed);
}

// Another thread took it, perhaps one that is gone and had its pool where this thread has its own; or this one is
// ending.
[[gnu::noinline]] void recycle_elsewhere(Storage* s) noexcept {
  if (pool.closed) free_storage(s);
  else give_to_shared(s);
}

}  // namespace

Storage* acquire_storage(std::size_t bytes) {
  const int size_class = class_of(bytes);
  Storage* s = pool.free[size_class];
  if (s == nullptr) [[unlikely]]
    return acquire_slowly(size_class, bytes);
  pool.free[size_class] = s->next;
  pool.set_bytes(pool.bytes - s->capacity);
  return handed_out(s, bytes);
}

void recycle_storage(Storage* s) noexcept {
  ASAN_POISON_MEMORY_REGION(s->data(), s->capacity);
  if (s->taker != &pool || !pool.registered) [[unlikely]]
    return recycle_elsewhere(s);
  pool.set_bytes(pool.bytes + s->capacity);
  s->next = pool.free[s->size_class];
  pool.free[s->size_class] = s;
}

void share_pooled_memory() noexcept {
  const std::size_t pooled = pool.bytes;
  if (pooled == 0) return;
  SharedPool& shared = shared_pool();
  const std::lock_guard lock(shared.mutex);
  for (std::size_t c = 0; c < classes; ++c)
    while (Storage* s = pool.free[c]) {
      pool.free[c] = s->next;
      s->next = shared.free[c];
      shared.free[c] = s;
    }
  shared_bytes.fetch_add(pooled, std::memory_order_relaxed);
  pool.set_bytes(0);
}

void release_pooled_memory() noexcept {
  drain(pool);
  SharedPool& shared = shared_pool();
  const std::lock_guard lock(shared.mutex);
  for (Storage*& head : shared.free)
    while (head != nullptr) {
      Storage* s = head;
      head = s->next;
      shared_bytes.fetch_sub(s->capacity, std::memory_order_relaxed);
      free_storage(s);
    }
}

MemoryUse memory_use() noexcept {
  std::size_t pooled = shared_bytes.load(std::memory_order_relaxed);
  {
    const std::lock_guard lock(pools_mutex);
    for (const Pool* p = pools; p != nullptr; p = p->next) pooled += __atomic_load_n(&p->bytes, __ATOMIC_RELAXED);
  }
  const std::size_t allocated = allocated_bytes.load(std::memory_order_relaxed);
  return {allocated > pooled ? allocated - pooled : 0, pooled};
}

}  // namespace cinta
