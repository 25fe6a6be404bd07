#include <cinta/framework/io/atomic_file.hpp>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <random>
#include <system_error>
#include <utility>

namespace cinta {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t buffer_size = 1 << 16;

std::string reason(int code) {
  std::string text = std::generic_category().message(code);
  if (!text.empty() && text[0] >= 'A' && text[0] <= 'Z') text[0] = static_cast<char>(text[0] - 'A' + 'a');
  return text;
}

[[noreturn]] void refuse_write(const fs::path& path, const std::string& why) {
  throw FileError(fmt::format("{}: can't be written: {}", path.string(), why));
}
[[noreturn]] void refuse_write(const fs::path& path, int code) { refuse_write(path, reason(code)); }

[[noreturn]] void refuse_read(const fs::path& path, const std::string& why) {
  throw FileError(fmt::format("{}: can't be read: {}", path.string(), why));
}
[[noreturn]] void refuse_read(const fs::path& path, int code) { refuse_read(path, reason(code)); }

struct Descriptor {
  int number;
  explicit Descriptor(int n) : number(n) {}
  Descriptor(const Descriptor&) = delete;
  ~Descriptor() {
    if (number >= 0) ::close(number);
  }
  int release() { return std::exchange(number, -1); }
};

fs::path folder_of(const fs::path& path) { return path.has_parent_path() ? path.parent_path() : fs::path("."); }

/// A name that no other file of the folder has; it does not grow with the target's, which may be as long as names can
/// be.
fs::path name_aside(const fs::path& target) {
  static std::atomic<std::uint32_t> count{std::random_device{}()};
  return folder_of(target) / fmt::format(".cinta-{}-{:08x}.tmp", ::getpid(), count++);
}

/// Makes the rename last. A failure is no error: after a power cut the name shows the old file or the new, both whole.
void sync_folder(const fs::path& folder) {
  const Descriptor d(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (d.number >= 0) ::fsync(d.number);
}

ssize_t read_some(int descriptor, void* out, std::size_t size) {
  for (;;) {
    const ssize_t got = ::read(descriptor, out, size);
    if (got >= 0 || errno != EINTR) return got;
  }
}

}  // namespace

void OutputFile::write(std::span<const std::byte> bytes) {
  if (buffer_.size() + bytes.size() > buffer_size) flush();
  if (bytes.size() >= buffer_size) return write_through(bytes);
  buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
}

void OutputFile::flush() {
  write_through(buffer_);
  buffer_.clear();
}

void OutputFile::write_through(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) refuse_write(path_, errno);
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
}

PendingFile::PendingFile(fs::path path, const FileWriter& writer) : path_(std::move(path)), target_(path_) {
  std::error_code ignored;
  if (fs::is_symlink(target_, ignored)) target_ = fs::weakly_canonical(target_, ignored);
  if (target_.empty()) refuse_write(path_, ELOOP);
  try {
    write_aside(writer);
  } catch (...) {
    if (!aside_.empty()) ::unlink(aside_.c_str());
    throw;
  }
}

void PendingFile::write_aside(const FileWriter& writer) {
  struct stat old {};
  const bool exists = ::stat(target_.c_str(), &old) == 0;
  if (!exists && errno != ENOENT) refuse_write(path_, errno);
  if (exists && S_ISDIR(old.st_mode)) refuse_write(path_, EISDIR);
  std::error_code ignored;
  if (!exists && !fs::is_directory(folder_of(target_), ignored))
    refuse_write(path_, fmt::format("there is no folder {}", folder_of(target_).string()));
  // A rename would replace a file that is protected against writing.
  if (exists && ::faccessat(AT_FDCWD, target_.c_str(), W_OK, AT_EACCESS) != 0) refuse_write(path_, errno);

  const bool regular = !exists || S_ISREG(old.st_mode);
  Descriptor d(-1);
  if (!regular) {
    d.number = ::open(target_.c_str(), O_WRONLY | O_CLOEXEC);
  } else {
    fs::path aside;
    do {
      aside = name_aside(target_);
      d.number = ::open(aside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    } while (d.number < 0 && errno == EEXIST);
    if (d.number >= 0) aside_ = std::move(aside);
  }
  if (d.number < 0) refuse_write(path_, errno);
  if (regular && exists && ::fchmod(d.number, old.st_mode & 07777) != 0) refuse_write(path_, errno);

  OutputFile file(path_, d.number);
  writer(file);
  file.flush();
  if (regular && ::fsync(d.number) != 0) refuse_write(path_, errno);
  if (::close(d.release()) != 0) refuse_write(path_, errno);  // a network's disk may be full only now
}

PendingFile::PendingFile(PendingFile&& other) noexcept
    : path_(std::move(other.path_)),
      target_(std::move(other.target_)),
      aside_(std::exchange(other.aside_, {})),
      old_(std::exchange(other.old_, {})),
      replaced_(std::exchange(other.replaced_, false)) {}

PendingFile::~PendingFile() {
  if (!aside_.empty()) ::unlink(aside_.c_str());
  if (!old_.empty()) ::unlink(old_.c_str());
}

void PendingFile::back_up() {
  if (::access(target_.c_str(), F_OK) != 0) return;
  const fs::path old = name_aside(target_);
  if (::link(target_.c_str(), old.c_str()) != 0) {  // not every file system has links
    std::error_code error;
    fs::copy_file(target_, old, error);
    if (error) refuse_write(path_, error.value());
  }
  old_ = old;
}

void PendingFile::replace(bool keep_old) {
  if (aside_.empty()) return;  // a device: written already
  if (keep_old) back_up();
  if (::rename(aside_.c_str(), target_.c_str()) != 0) refuse_write(path_, errno);
  aside_.clear();
  replaced_ = true;
  sync_folder(folder_of(target_));
}

void PendingFile::restore() noexcept {
  if (!replaced_) return;
  if (old_.empty()) ::unlink(target_.c_str());
  else if (::rename(old_.c_str(), target_.c_str()) == 0) old_.clear();
  replaced_ = false;
}

void write_file_atomically(const fs::path& path, const FileWriter& writer) { PendingFile(path, writer).replace(); }

void write_file_atomically(const fs::path& path, std::span<const std::byte> bytes) {
  write_file_atomically(path, [&](OutputFile& file) { file.write(bytes); });
}

void write_file_atomically(const fs::path& path, std::string_view text) {
  write_file_atomically(path, std::as_bytes(std::span(text)));
}

FolderTransaction::FolderTransaction(fs::path folder) : folder_(std::move(folder)) {
  std::error_code error;
  made_folder_ = fs::create_directories(folder_, error);
  if (error) throw FileError(fmt::format("{}: the folder can't be made: {}", folder_.string(), reason(error.value())));
}

FolderTransaction::~FolderTransaction() {
  files_.clear();
  std::error_code ignored;
  if (made_folder_) fs::remove(folder_, ignored);  // only when it is empty
}

void FolderTransaction::write(const std::string& name, const FileWriter& writer) {
  files_.emplace_back(folder_ / name, writer);
}

void FolderTransaction::write(const std::string& name, std::string_view text) {
  write(name, [&](OutputFile& file) { file.write(text); });
}

void FolderTransaction::commit() {
  std::size_t done = 0;
  try {
    for (; done < files_.size(); ++done) files_[done].replace(true);
  } catch (...) {
    while (done > 0) files_[--done].restore();
    throw;
  }
  files_.clear();
  made_folder_ = false;
}

std::string read_file(const fs::path& path, std::uint64_t limit) {
  const Descriptor d(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat info {};
  if (d.number < 0 || ::fstat(d.number, &info) != 0) refuse_read(path, errno);
  if (S_ISDIR(info.st_mode)) refuse_read(path, EISDIR);

  const auto too_large = [&] { refuse_read(path, fmt::format("it has more than {} bytes", limit)); };
  const auto stated = static_cast<std::uint64_t>(std::max<off_t>(info.st_size, 0));
  if (S_ISREG(info.st_mode) && stated > limit) too_large();
  // The size is a hint only: a pipe has none, and a file may grow while it is read.
  std::string text(static_cast<std::size_t>(stated) + 1, '\0');
  std::size_t used = 0;
  for (;;) {
    if (used == text.size()) text.resize(2 * used);
    const ssize_t got = read_some(d.number, text.data() + used, text.size() - used);
    if (got < 0) refuse_read(path, errno);
    if (got == 0) break;
    used += static_cast<std::size_t>(got);
    if (used > limit) too_large();
  }
  text.resize(used);
  return text;
}

// Without O_NONBLOCK, opening a pipe that nobody writes would wait for ever.
InputFile::InputFile(fs::path path)
    : path_(std::move(path)), descriptor_(::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {
  if (descriptor_ < 0) refuse_read(path_, errno);
  struct stat info {};
  const int code = ::fstat(descriptor_, &info) != 0 ? errno : S_ISDIR(info.st_mode) ? EISDIR : 0;
  if (code == 0 && S_ISREG(info.st_mode)) {
    size_ = static_cast<std::uint64_t>(info.st_size);
    return;
  }
  ::close(descriptor_);
  if (code != 0) refuse_read(path_, code);
  refuse_read(path_, "it is not a regular file");
}

InputFile::~InputFile() { ::close(descriptor_); }

void InputFile::read(std::uint64_t offset, std::span<std::byte> bytes) const {
  while (!bytes.empty()) {
    const ssize_t got = ::pread(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) refuse_read(path_, errno);
    if (got == 0) refuse_read(path_, fmt::format("it ended at byte {} while it was read", offset));
    offset += static_cast<std::uint64_t>(got);
    bytes = bytes.subspan(static_cast<std::size_t>(got));
  }
}

}  // namespace cinta
