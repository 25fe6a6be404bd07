#include <cinta/framework/core/nearest.hpp>

#include <algorithm>
#include <utility>
#include <vector>

namespace cinta {
namespace {

// Characters with ASCII letters in lower case. A byte that starts no valid sequence counts as a character
// by itself: the name may come from a damaged file, and the hint must not be what fails.
std::u32string folded(std::string_view text) {
  std::u32string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i++]);
    char32_t c = lead >= 'A' && lead <= 'Z' ? lead + ('a' - 'A') : lead;
    const int rest = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : lead >= 0xC0 ? 1 : 0;
    for (int k = 0; k < rest && i < text.size() && (static_cast<unsigned char>(text[i]) & 0xC0) == 0x80; ++k)
      c = c << 6 | (static_cast<unsigned char>(text[i++]) & 0x3F);
    out += c;
  }
  return out;
}

int edit_distance(const std::u32string& a, const std::u32string& b) {
  const std::size_t n = b.size();
  std::vector<int> before(n + 1), last(n + 1), row(n + 1);  // rows i − 2, i − 1 and i of the usual table
  for (std::size_t j = 0; j <= n; ++j) last[j] = static_cast<int>(j);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = static_cast<int>(i);
    for (std::size_t j = 1; j <= n; ++j) {
      const int substituted = last[j - 1] + (a[i - 1] != b[j - 1]);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, substituted});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    std::swap(before, last);
    std::swap(last, row);
  }
  return last[n];
}

}  // namespace

int edit_distance(std::string_view a, std::string_view b) { return edit_distance(folded(a), folded(b)); }

std::string did_you_mean(std::string_view name, std::span<const std::string> known) {
  const std::u32string wanted = folded(name);
  const std::string* nearest = nullptr;
  int best = 0;
  for (const std::string& candidate : known) {
    if (candidate == name) continue;
    const std::u32string other = folded(candidate);
    const int longer = static_cast<int>(std::max(wanted.size(), other.size()));
    const int distance = edit_distance(wanted, other);
    const bool near = distance <= (longer + 2) / 3 && distance < longer;
    if (near && (nearest == nullptr || distance < best)) {
      nearest = &candidate;
      best = distance;
    }
  }
  constexpr std::size_t enough = 3;  // characters of a name that stand for it
  for (auto candidate = known.begin(); nearest == nullptr && wanted.size() >= enough && candidate != known.end();
       ++candidate)
    if (*candidate != name && folded(*candidate).starts_with(wanted)) nearest = &*candidate;
  return nearest == nullptr ? "" : "; did you mean \"" + *nearest + "\"?";
}

}  // namespace cinta
