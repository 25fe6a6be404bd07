// A compressed array that is not what it claims costs the memory of what there is, not of the claim. A program of its
// own, since it watches the memory of the process. Exit code 0 is a pass.
#include <cinta/framework/core/error.hpp>
#include <cinta/framework/io/idx.hpp>
#include <cinta/framework/io/npy.hpp>
#include <cinta/framework/io/npz.hpp>
#include <cinta/framework/io/zip.hpp>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

namespace {

using namespace cinta;

constexpr std::int64_t claimed = std::int64_t{1} << 28;
int failures = 0;

std::span<const std::byte> bytes_of(const std::string& text) { return std::as_bytes(std::span(text)); }

// The most that the process has held since the peak was last forgotten, in kB.
long peak() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("VmHWM:")) return std::atol(line.c_str() + 6);
  std::printf("/proc/self/status names no peak\n");
  std::exit(EXIT_FAILURE);
}
void forget_peak() { std::ofstream("/proc/self/clear_refs") << "5" << std::flush; }

void expect_refused(const std::string& what, const std::string& expected, auto parse) {
  forget_peak();
  const long before = peak();
  std::string told = "accepted";
  try {
    parse();
  } catch (const FileError& error) {
    told = error.what();
  }
  const long taken = peak() - before;
  if (told == expected && before < claimed >> 11 && taken < claimed >> 12) return;
  std::printf("%s: \"%s\"; it took %ld kB beyond %ld\n", what.c_str(), told.c_str(), taken, before);
  ++failures;
}

// Bytes that deflate can't shrink: as many as make the claim possible.
std::string noise() {
  std::string out(claimed / 800, '\0');
  std::uint32_t state = 1;
  for (char& c : out) c = static_cast<char>((state = state * 1664525 + 1013904223) >> 24);
  return out;
}

// An NPZ file of one array, whose size is told as `size` in the directory and before the array.
std::string npz(const std::string& header, std::span<const std::byte> numbers, std::uint64_t size) {
  ZipWriter zip;
  zip.add("x.npy", {bytes_of(header), numbers}, true);
  const auto& whole = zip.finish();
  std::string text(reinterpret_cast<const char*>(whole.data()), whole.size());
  for (const std::size_t at : {std::size_t{22}, text.rfind("PK\1\2") + 24})
    for (std::size_t i = 0; i < 4; ++i) text[at + i] = static_cast<char>(size >> 8 * i);
  return text;
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  return text.replace(text.find(from), from.size(), to);
}

// An IDX file of u8 in gzip's format, its bytes stored; behind them the end is missing.
std::string gzipped_idx(std::uint32_t elements, const std::string& numbers) {
  std::string plain{'\0', '\0', '\x08', '\1'};
  for (int shift = 24; shift >= 0; shift -= 8) plain += static_cast<char>(elements >> shift);
  plain += numbers;
  std::string out("\x1f\x8b\x08\0\0\0\0\0\0\3", 10);
  for (std::size_t at = 0; at < plain.size(); at += 0xffff) {
    const std::string block = plain.substr(at, 0xffff);
    const auto n = static_cast<unsigned>(block.size());
    for (const unsigned byte : {0u, n, n >> 8, ~n, ~n >> 8}) out += static_cast<char>(byte);
    out += block;
  }
  return out;
}

}  // namespace

int main() {
  const std::string random = noise(), header = npy_header(empty({claimed}, u8));
  const std::string of_i64 = replaced(npy_header(empty({claimed / 8}, i32)), "<i4", "<i8");
  const std::string end_early = "m: x.npy: its bytes are damaged or end early";
  for (const auto& [what, text] : {std::pair("u8", header), std::pair("i64, which is converted", of_i64)}) {
    const std::string liar = npz(text, bytes_of(random), text.size() + claimed);
    expect_refused(what, end_early, [&] { parse_npz(bytes_of(liar), "m"); });
  }

  const std::string bomb = [&] {
    const std::vector<std::byte> zeros(claimed);
    return npz(replaced(header, std::to_string(claimed), std::to_string(claimed - 1)), zeros, header.size() + claimed);
  }();
  expect_refused("another size in the header",
                 "m: x.npy: its shape [268435455] takes 268435455 bytes and 268435456 follow the header",
                 [&] { parse_npz(bytes_of(bomb), "m"); });

  const std::string idx = gzipped_idx(claimed, random);
  expect_refused("IDX", "m: the compressed bytes end early", [&] { parse_idx(bytes_of(idx), "m"); });
  return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
