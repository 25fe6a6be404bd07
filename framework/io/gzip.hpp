// Bytes out of gzip files. The sole user of zlib; for the formats of this folder.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace cinta {

/// Whether they begin as a gzip file does (RFC 1952).
bool is_gzip(std::span<const std::byte> bytes);

/// No compressed file expands by more than this (deflate's limit, and what the ends take).
std::uint64_t most_expanded(std::uint64_t compressed_bytes);

/// The uncompressed bytes, or the first `at_most` of them. Memory grows with what there is, not with `at_most`.
/// Throws `FileError`, beginning with `name`, for a file that ends early, is damaged, or goes on with something else;
/// only what was read is checked.
std::vector<std::byte> gunzip(std::span<const std::byte> compressed, std::uint64_t at_most, const std::string& name);

}  // namespace cinta
