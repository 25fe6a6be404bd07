// What goes wrong, and how it is told: one sentence, with the file and line of the user's call when there is one.
// Used by everything.
#pragma once

#include <stdexcept>
#include <string>

namespace cinta {

/// A place in the user's source. Taken as a default argument, it is the place of the call:
/// `void f(const Tensor& x, Where where = Where::here())`.
struct Where {
  const char* file = nullptr;  ///< null: unknown
  int line = 0;                ///< from 1

  /// The place of the call in whose default argument it stands.
  static constexpr Where here(const char* file = __builtin_FILE(), int line = __builtin_LINE()) { return {file, line}; }
};

/// "net.cpp:12: ", or nothing for an unknown place.
std::string prefix(Where where);

/// The base of every exception that Cinta throws; `what()` is one sentence.
class Error : public std::runtime_error {
 public:
  /// With this sentence.
  explicit Error(const std::string& sentence) : std::runtime_error(sentence) {}
  /// With the place before the sentence.
  Error(Where where, const std::string& sentence) : std::runtime_error(prefix(where) + sentence) {}
};

/// Shapes, sizes or axes that do not fit.
struct ShapeError : Error {
  using Error::Error;
};
/// An element type that the op does not take, or two that do not mix.
struct DtypeError : Error {
  using Error::Error;
};
/// A recording used in a way it can't be: stale values, values of another recording, no gradient path.
struct TapeError : Error {
  using Error::Error;
};
/// An argument or option outside its range.
struct ValueError : Error {
  using Error::Error;
};
/// Targets that the loss or model does not take.
struct InvalidTarget : Error {
  using Error::Error;
};
/// A file that can't be read or written, or whose bytes are not what they claim.
struct FileError : Error {
  using Error::Error;
};
/// A table or data set that can't be used as asked.
struct DataError : Error {
  using Error::Error;
};

}  // namespace cinta
