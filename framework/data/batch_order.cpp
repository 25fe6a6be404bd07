#include <cinta/framework/core/parallel.hpp>
#include <cinta/framework/core/random.hpp>
#include <cinta/framework/data/batch_order.hpp>
#include <cinta/framework/data/batches.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace cinta {
namespace {

using std::size_t;

// Each epoch draws from a stream of its own.
std::uint64_t stream_of_epoch(std::int64_t epoch) { return stream_of("batches") + static_cast<std::uint64_t>(epoch); }

// Row i is the high word of the product of n and 64 random bits, words 2i and 2i + 1: each is as likely as the others
// to within n / 2^64. In blocks: one by one a draw takes 180 ns.
void draw(std::uint64_t seed, std::uint64_t stream, std::int64_t n, std::span<std::int64_t> rows) {
  __extension__ using Wide = unsigned __int128;
  constexpr size_t block = 512;
  std::uint32_t bits[2 * block];
  for (size_t begin = 0; begin < rows.size(); begin += block) {
    const size_t count = std::min(block, rows.size() - begin);
    random_bits(seed, stream, 2 * begin, {bits, 2 * count});
    for (size_t i = 0; i < count; ++i) {
      const std::uint64_t word = std::uint64_t{bits[2 * i + 1]} << 32 | bits[2 * i];
      rows[begin + i] = static_cast<std::int64_t>(static_cast<std::uint64_t>(Wide{word} * static_cast<Wide>(n) >> 64));
    }
  }
}

std::int64_t row_bytes(const Tensor& x) {
  const std::int64_t n = x.shape()[0];
  return n == 0 ? 0 : static_cast<std::int64_t>(x.bytes()) / n;
}

template <class T> void gather_elements(const Tensor& from, std::span<const std::int64_t> numbers, std::byte* to) {
  const auto* in = static_cast<const T*>(from.raw());
  auto* out = reinterpret_cast<T*>(to);
  for (size_t i = 0; i < numbers.size(); ++i) out[i] = in[numbers[i]];
}

// A region of TBB wants 10 µs of work: a core gathers some 100 KB in that time.
constexpr std::int64_t chunk_bytes = 128 << 10;

// One after the other, each asked for while the one before is copied: rows out of order are not fetched ahead by the
// processor (64 rows of 3 KB take 18 µs instead of 25 on two threads).
void gather_rows_of(const std::byte* in, std::int64_t bytes, std::span<const std::int64_t> numbers, std::byte* to) {
  constexpr std::int64_t line = 64;
  for (size_t i = 0; i < numbers.size(); ++i, to += bytes) {
    if (i + 1 < numbers.size())
      for (std::int64_t at = 0; at < bytes; at += line) __builtin_prefetch(in + numbers[i + 1] * bytes + at);
    std::memcpy(to, in + numbers[i] * bytes, static_cast<size_t>(bytes));
  }
}

void gather_into(const Tensor& from, std::span<const std::int64_t> numbers, void* out) {
  const std::int64_t bytes = row_bytes(from);
  if (bytes == 0 || numbers.empty()) return;
  auto* const to = static_cast<std::byte*>(out);
  const auto* const in = static_cast<const std::byte*>(from.raw());
  const auto n = static_cast<std::int64_t>(numbers.size());
  const std::int64_t chunks = (n * bytes + chunk_bytes - 1) / chunk_bytes;  // of equal length
  parallel_chunks(n, (n + chunks - 1) / chunks, [&](std::int64_t begin, std::int64_t end) {
    const auto part = numbers.subspan(static_cast<size_t>(begin), static_cast<size_t>(end - begin));
    std::byte* at = to + begin * bytes;
    if (bytes == 4) return gather_elements<std::uint32_t>(from, part, at);
    if (bytes == 8) return gather_elements<std::uint64_t>(from, part, at);
    gather_rows_of(in, bytes, part, at);
  });
}

void copy_into(const Tensor& from, std::int64_t begin, std::int64_t end, void* out) {
  const std::int64_t bytes = row_bytes(from);
  const auto* const in = static_cast<const std::byte*>(from.raw()) + begin * bytes;
  auto* const to = static_cast<std::byte*>(out);
  parallel_chunks((end - begin) * bytes, 4 * chunk_bytes, [&](std::int64_t first, std::int64_t last) {
    std::memcpy(to + first, in + first, static_cast<size_t>(last - first));
  });
}

Shape with_rows(const Tensor& x, std::int64_t rows) {
  Shape shape = x.shape();
  shape[0] = rows;
  return shape;
}

// `to` as a tensor of this shape whose buffer may be written: the one it has, if that fits and nobody else holds it.
// From the pool alone an example takes 56 ns instead of 15.
void make_room(const Shape& shape, Dtype dtype, Tensor& to) {
  const bool usable = to.defined() && is_unique(to.storage()) && !to.storage()->exposed && !to.recorded() &&
                      to.dtype() == dtype && to.shape() == shape;
  if (usable) return;
  to = Tensor();  // its buffer is back in the pool before another is taken
  to = empty(shape, dtype);
}

}  // namespace

BatchOrder::BatchOrder(std::int64_t rows, const BatchOptions& options, Where where)
    : options_(options), rows_(rows), size_(std::min<std::int64_t>(options.size, rows)) {
  if (options.size < 1)
    throw ValueError(where,
                     fmt::format("a batch of {} rows was asked for; it has at least 1", std::int64_t{options.size}));
  if (options.epochs < 0)
    throw ValueError(where, fmt::format("{} epochs were asked for", std::int64_t{options.epochs}));
  if (rows == 0) throw DataError(where, "the data have no rows");
  if (!options.shuffle) {
    if (options.order == Order::shuffled_once || options.order == Order::with_replacement)
      throw ValueError(where, "the order of the rows is said to be random, and shuffle to be false");
    options_.order = Order::fixed;
  }
  // `full_batch` is never cut short; a size that the data do not reach would leave no batch.
  if (options.drop_last && options.size > rows && options.size != full_batch)
    throw ValueError(where, fmt::format("drop_last leaves no batch: {} rows do not fill one of {}", rows,
                                        std::int64_t{options.size}));
  batches_ = options.drop_last ? rows / size_ : (rows - 1) / size_ + 1;
}

void BatchOrder::begin_epoch(std::int64_t epoch, std::int64_t first_batch) {
  epoch_ = epoch;
  index_ = first_batch - 1;
}

bool BatchOrder::advance() {
  if (index_ + 1 >= batches_) return false;
  ++index_;
  begin_ = index_ * size_;
  end_ = std::min(begin_ + size_, rows_);
  if (options_.order == Order::with_replacement) end_ = begin_ + size_;
  if (options_.order != Order::fixed && !whole()) prepare(options_.order == Order::shuffled_once ? 0 : epoch_);
  return true;
}

void BatchOrder::prepare(std::int64_t epoch) {
  if (prepared_epoch_ == epoch) return;
  const bool draws = options_.order == Order::with_replacement;
  indices_.resize(static_cast<size_t>(draws ? batches_ * size_ : rows_));
  if (draws) draw(options_.seed, stream_of_epoch(epoch), rows_, indices_);
  else shuffled_indices(options_.seed, stream_of_epoch(epoch), indices_);
  prepared_epoch_ = epoch;
}

void BatchOrder::take(const Tensor& from, Tensor& to) const {
  if (whole()) {
    if (to.storage() != from.storage()) to = from;
    return;
  }
  make_room(with_rows(from, end_ - begin_), from.dtype(), to);
  void* const out = to.mutable_raw();
  if (options_.order == Order::fixed) return copy_into(from, begin_, end_, out);
  const auto rows = std::span(indices_).subspan(static_cast<size_t>(begin_), static_cast<size_t>(end_ - begin_));
  gather_into(from, rows, out);
}

Tensor gather_rows(const Tensor& x, std::span<const std::int64_t> numbers, Where where) {
  if (x.rank() == 0) throw ShapeError(where, "rows of a scalar were asked for");
  const std::int64_t n = x.shape()[0];
  for (const std::int64_t row : numbers)
    if (row < 0 || row >= n) throw DataError(where, fmt::format("no row {} among {} (the first is 0)", row, n));
  Tensor out = empty(with_rows(x, static_cast<std::int64_t>(numbers.size())), x.dtype());
  gather_into(x, numbers, out.mutable_raw());
  return out;
}

Tensor rows_between(const Tensor& x, std::int64_t begin, std::int64_t end) {
  if (begin == 0 && end == x.shape()[0]) return x.detach();
  Tensor out = empty(with_rows(x, end - begin), x.dtype());
  copy_into(x, begin, end, out.mutable_raw());
  return out;
}

namespace detail {

void count_rows(std::string_view name, const Tensor& tensor, std::string_view& first, std::int64_t& rows, Where where) {
  if (!tensor.defined()) return;
  if (tensor.recorded())
    throw TapeError(where,
                    fmt::format("the \"{}\" of a batch was recorded, and gradients would end here: detach it", name));
  if (tensor.rank() == 0)
    throw ShapeError(where, fmt::format("the \"{}\" of a batch is a scalar; it has one row for each example", name));
  const std::int64_t found = tensor.shape()[0];
  if (rows >= 0 && found != rows)
    throw ShapeError(where,
                     fmt::format("the \"{}\" of the batch has {} rows and its \"{}\" {}", first, rows, name, found));
  if (rows < 0) first = name;
  rows = found;
}

void check_range(std::int64_t begin, std::int64_t end, std::int64_t rows, Where where) {
  if (begin < 0 || begin > end || end > rows)
    throw ValueError(where, fmt::format("the rows {} to {} of {} were asked for", begin, end, rows));
}

}  // namespace detail
}  // namespace cinta
