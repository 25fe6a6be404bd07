// Named tensors in a file, in the safetensors format: eight bytes with the length of a JSON header
// {"name": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}, …, "__metadata__": {"key": "text"}}, the header,
// and the elements of all tensors one behind the other, little-endian. It knows tensors, not models.
// https://huggingface.co/docs/safetensors
#pragma once

#include <cinta/framework/io/atomic_file.hpp>
#include <cinta/framework/io/named_tensor.hpp>

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cinta {

/// What a file holds: the tensors in the order of their bytes, and the texts under "__metadata__".
struct SafetensorsFile {
  std::vector<NamedTensor> tensors;             ///< in the order of the file
  std::map<std::string, std::string> metadata;  ///< texts about the file

  /// The tensor of that name, or null.
  const Tensor* find(std::string_view name) const;
};

/// Writes f32 as F32, f64 as F64, i32 as I32 and u8 as U8, every bit kept, atomically (atomic_file.hpp).
/// The bytes depend on the arguments alone: tensors go by size of element, the widest first, so that each is aligned
/// (the format allows no gaps), and as given among equals; spaces fill the header to a multiple of eight bytes.
/// Throws `ValueError` for a name given twice, "__metadata__", text that is not UTF-8, an undefined tensor or more than
/// 100 MB of header; `FileError` when the file can't be written.
void write_safetensors(const std::filesystem::path& path, std::span<const NamedTensor> tensors,
                       const std::map<std::string, std::string>& metadata = {});
/// The same into a file that is already being written (one of a `FolderTransaction`, for example).
void write_safetensors(OutputFile& file, std::span<const NamedTensor> tensors,
                       const std::map<std::string, std::string>& metadata = {});

/// Reads F32, F64, I32 and U8 as they are, F16 and BF16 as f32 (exactly), BOOL as u8 (0 or 1), and I64 as i32.
/// Throws `FileError`, one sentence with the file and the tensor, for other types, an I64 beyond 32 bits, and a file
/// that breaks the format in any way; nothing is allocated that the size of the file does not warrant.
SafetensorsFile read_safetensors(const std::filesystem::path& path);
/// The same from memory; `name` stands for the path in errors.
SafetensorsFile parse_safetensors(std::span<const std::byte> bytes, const std::string& name);

}  // namespace cinta
