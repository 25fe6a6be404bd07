// The version of these headers, and the comparison with that of the library which a program runs with.
// cinta.hpp includes it; CMakeLists.txt reads the numbers from here. A light header, for everybody.
#pragma once

/// From 1.0 on, changes when an interface breaks.
#define CINTA_VERSION_MAJOR 0
/// Before 1.0, changes when an interface breaks.
#define CINTA_VERSION_MINOR 1
/// Changes when only the inside did.
#define CINTA_VERSION_PATCH 0

/// All of Cinta.
namespace cinta {

/// "0.1.0": the version of the library that this program runs with.
const char* library_version();

namespace detail {

/// Ends the process with a sentence on the standard error output unless headers of this version fit the library: before
/// 1.0 major and minor version agree, from then on the major one does and the library is no older. Its own signature
/// never changes.
bool check_version(int major, int minor, int patch) noexcept;

// One comparison when a program starts, for each source that includes this header. `static`, a name of this source's
// own: one that all sources share would be checked for one of them alone, whichever the linker keeps.
[[maybe_unused]] static const bool version_checked =
    check_version(CINTA_VERSION_MAJOR, CINTA_VERSION_MINOR, CINTA_VERSION_PATCH);

}  // namespace detail
}  // namespace cinta
