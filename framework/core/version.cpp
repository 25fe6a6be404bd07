#include <cinta/framework/core/version.hpp>

#include <cstdio>
#include <cstdlib>

#define CINTA_TEXT_OF(x) #x
#define CINTA_TEXT(x) CINTA_TEXT_OF(x)

namespace cinta {

const char* library_version() {
  return CINTA_TEXT(CINTA_VERSION_MAJOR) "." CINTA_TEXT(CINTA_VERSION_MINOR) "." CINTA_TEXT(CINTA_VERSION_PATCH);
}

namespace detail {

bool check_version(int major, int minor, int patch) noexcept {
  const bool same_interface = major == CINTA_VERSION_MAJOR &&
                              (CINTA_VERSION_MAJOR == 0 ? minor == CINTA_VERSION_MINOR : minor <= CINTA_VERSION_MINOR);
  if (same_interface) return true;
  std::fprintf(stderr,
               "cinta: this program was compiled against version %d.%d.%d and runs with the library of version %s: "
               "compile it again, with the headers of that library\n",
               major, minor, patch, library_version());
  std::_Exit(1);  // static initialisation: there is nothing to unwind to
}

}  // namespace detail
}  // namespace cinta
