#include <cinta/framework/data/cell.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

namespace cinta {

std::string_view trimmed(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

std::optional<double> to_number(std::string_view text) {
  if (text.size() > 1 && text[0] == '+' && text[1] != '-') text.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc::invalid_argument || end != text.data() + text.size()) return {};
  if (error == std::errc::result_out_of_range) return std::numeric_limits<double>::infinity();
  return value;
}

namespace {

struct Word {
  std::string_view text;
  BooleanWord meaning;
};

constexpr std::array words{
    Word{"no", {no_yes | no_si, false}},
    Word{"yes", {no_yes, true}},
    Word{"si", {no_si, true}},
    Word{"s\xC3\xAD", {no_si, true}},   // í as one character
    Word{"si\xCC\x81", {no_si, true}},  // i and a combining accent
    Word{"true", {false_true, true}},
    Word{"false", {false_true, false}},
    Word{"falso", {falso_verdadero, false}},
    Word{"verdadero", {falso_verdadero, true}},
};
constexpr std::size_t longest_word = 9;

}  // namespace

BooleanWord to_boolean(std::string_view text) {
  if (text.empty() || text.size() > longest_word) return {};
  if (text == "0" || text == "1") return {zero_one, text == "1"};
  std::array<char, longest_word> lower{};
  std::transform(text.begin(), text.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; });
  if (text.size() == 3 && lower[1] == '\xC3' && lower[2] == '\x8D') lower[2] = '\xAD';  // Í
  const std::string_view folded(lower.data(), text.size());
  for (const Word& word : words)
    if (word.text == folded) return word.meaning;
  return {};
}

std::vector<std::string> words_of(unsigned pairs) {
  if (pairs & zero_one) return {"0", "1"};
  if (pairs & no_yes) return {"no", "yes"};
  if (pairs & no_si) return {"no", "sí"};
  if (pairs & false_true) return {"false", "true"};
  return {"falso", "verdadero"};
}

}  // namespace cinta
