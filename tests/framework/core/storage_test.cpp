// The pool of buffers: used again, bounded, and shared between threads.
#include <cinta/framework/core/storage.hpp>
#include <cinta/framework/core/tensor.hpp>

#include <boost/test/unit_test.hpp>

#include <condition_variable>
#include <mutex>
#include <new>
#include <queue>
#include <thread>

#if defined(__SANITIZE_ADDRESS__)
#define CINTA_TEST_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define CINTA_TEST_ASAN 1
#endif
#endif
#if defined(CINTA_TEST_ASAN)
#include <sanitizer/asan_interface.h>
#endif

using namespace cinta;

namespace {

std::size_t allocated() {
  const MemoryUse use = memory_use();
  return use.in_use + use.pooled;
}

// A queue that holds up to eight tensors.
class Pipe {
 public:
  void put(Tensor t) {
    std::unique_lock lock(mutex_);
    room_.wait(lock, [&] { return tensors_.size() < 8; });
    tensors_.push(std::move(t));
    filled_.notify_one();
  }
  Tensor take() {
    std::unique_lock lock(mutex_);
    filled_.wait(lock, [&] { return !tensors_.empty(); });
    Tensor t = std::move(tensors_.front());
    tensors_.pop();
    room_.notify_one();
    return t;
  }

 private:
  std::mutex mutex_;
  std::condition_variable room_, filled_;
  std::queue<Tensor> tensors_;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(storage)

BOOST_AUTO_TEST_CASE(a_freed_buffer_is_used_again) {
  const void* memory = nullptr;
  {
    const Tensor t = empty({1000});
    memory = t.raw();
  }
  const Tensor next = empty({1000});
  BOOST_TEST(next.raw() == memory);
}

BOOST_AUTO_TEST_CASE(at_most_a_fifth_of_a_buffer_is_waste) {
  for (std::size_t bytes = 257; bytes < 3'000'000; bytes += bytes / 7 + 1) {
    release_pooled_memory();
    const std::size_t before = memory_use().in_use;
    Storage* s = acquire_storage(bytes);
    const std::size_t capacity = memory_use().in_use - before;
    BOOST_TEST(capacity >= bytes);
    BOOST_TEST(capacity - bytes < capacity / 5 + 64);
    drop_reference(s);
  }
}

BOOST_AUTO_TEST_CASE(every_byte_of_a_buffer_can_be_written) {
  for (std::size_t bytes = 0; bytes < 5000; bytes += 61) {
    Storage* s = acquire_storage(bytes);
    __builtin_memset(s->data(), 1, bytes);
    BOOST_TEST(reinterpret_cast<std::uintptr_t>(s->data()) % 64 == 0u);
    drop_reference(s);
  }
}

BOOST_AUTO_TEST_CASE(memory_use_tells_tensors_from_the_pool) {
  release_pooled_memory();
  const MemoryUse before = memory_use();
  {
    const Tensor t = empty({1 << 20});
    BOOST_TEST(memory_use().in_use - before.in_use == 4u << 20);
    BOOST_TEST(memory_use().pooled == before.pooled);
  }
  BOOST_TEST(memory_use().in_use == before.in_use);
  BOOST_TEST(memory_use().pooled - before.pooled == 4u << 20);
  release_pooled_memory();
  BOOST_TEST(memory_use().pooled == before.pooled);  // what other threads keep
}

BOOST_AUTO_TEST_CASE(what_cannot_be_allocated_throws) {
  BOOST_CHECK_THROW(acquire_storage(std::size_t{1} << 60), std::bad_alloc);
  BOOST_CHECK_THROW(empty({std::int64_t{1} << 60}), std::bad_alloc);
}

BOOST_AUTO_TEST_CASE(a_buffer_used_again_is_not_handed_out_any_more) {
  {
    Tensor t = empty({1000});
    (void)t.mutable_span<float>();
  }
  const Tensor t = empty({1000}), copy = t;
  BOOST_TEST(t.raw() == copy.raw());
}

BOOST_AUTO_TEST_CASE(a_producer_and_a_consumer_do_not_grow) {
  Pipe pipe;
  constexpr int tensors = 1000, elements = 1 << 18;
  const std::size_t before = allocated();
  std::size_t largest = 0;
  std::thread consumer([&] {
    for (int i = 0; i < tensors; ++i) (void)pipe.take();
  });
  for (int i = 0; i < tensors; ++i) {
    pipe.put(empty({elements}));
    largest = std::max(largest, allocated());
  }
  consumer.join();
  BOOST_TEST(largest - before <= 16u << 20);  // what is under way
}

BOOST_AUTO_TEST_CASE(what_others_took_is_not_collected_beside_what_is_held) {
  Pipe pipe;
  constexpr int tensors = 1000;
  const std::size_t before = allocated();
  std::size_t largest = 0;
  std::thread producer([&] {
    for (int i = 0; i < tensors; ++i) pipe.put(empty({1 << 16}));
  });
  for (int i = 0; i < tensors; ++i) {
    const Tensor held = empty({1 << 18});
    (void)pipe.take();
    largest = std::max(largest, allocated());
  }
  producer.join();
  BOOST_TEST(largest - before <= 16u << 20);
}

BOOST_AUTO_TEST_CASE(a_thread_that_ends_returns_its_pool) {
  const std::size_t before = allocated();
  std::thread([] { (void)empty({1 << 20}); }).join();
  BOOST_TEST(allocated() == before);
}

BOOST_AUTO_TEST_CASE(a_tensor_outlives_the_thread_that_made_it) {
  Tensor t;
  std::thread([&] { t = Tensor{1, 2}; }).join();
  BOOST_TEST(t(1) == 2);
}

#if defined(CINTA_TEST_ASAN)
BOOST_AUTO_TEST_CASE(a_pooled_buffer_is_poisoned) {
  Storage* s = acquire_storage(1000);
  const void* data = s->data();
  BOOST_TEST(!__asan_address_is_poisoned(data));
  drop_reference(s);
  BOOST_TEST(__asan_address_is_poisoned(data));
  Storage* again = acquire_storage(1000);
  BOOST_TEST(again == s);
  BOOST_TEST(!__asan_address_is_poisoned(data));
  drop_reference(again);
}
#endif

BOOST_AUTO_TEST_SUITE_END()
