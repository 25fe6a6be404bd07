// How tensors print: NumPy's rules under its default options (precision 8, threshold 1000, 3 edge items, 75 columns).
// Harris et al., "Array programming with NumPy", Nature 585 (2020); the rules are those of numpy 1.24's arrayprint.
#include <cinta/framework/core/tensor.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <concepts>
#include <cstdlib>
#include <ostream>
#include <string_view>
#include <vector>

namespace cinta {
namespace {

constexpr int precision = 8, all_places = 1000;
constexpr std::int64_t threshold = 1000, edge_items = 3;
constexpr std::size_t line_width = 75;

bool summarised(const Tensor& x) { return x.size() > threshold; }

/// Calls `visit(i)` for the indices of an axis that are printed, and `ellipsis()` in place of the others.
template <class Visit, class Ellipsis> void walk_axis(std::int64_t size, bool summary, Visit visit, Ellipsis ellipsis) {
  const bool cut = summary && size > 2 * edge_items;
  for (std::int64_t i = 0; i < size; ++i) {
    if (cut && i == edge_items) {
      ellipsis();
      i = size - edge_items;
    }
    visit(i);
  }
}

/// Appends the elements that are printed, in order.
template <class T> void collect(const Tensor& x, int axis, std::int64_t offset, std::vector<T>& out) {
  if (axis == x.rank()) {
    out.push_back(x.data<T>()[offset]);
    return;
  }
  const std::int64_t size = x.shape()[axis];
  walk_axis(
      size, summarised(x), [&](std::int64_t i) { collect(x, axis + 1, offset * size + i, out); }, [] {});
}

/// The significant digits of |x| and the power of ten of the first: d.ddd × 10^exponent.
struct Decimal {
  std::string digits;
  int exponent = 0;
  int places() const { return static_cast<int>(digits.size()) - 1; }
};

Decimal parse(std::string_view scientific) {
  Decimal d;
  const std::size_t e = scientific.find('e');
  for (const char c : scientific.substr(0, e))
    if (c != '.') d.digits += c;
  std::from_chars(scientific.data() + e + 2, scientific.data() + scientific.size(), d.exponent);
  if (scientific[e + 1] == '-') d.exponent = -d.exponent;
  return d;
}

/// The fewest digits that read back as x.
template <class T> Decimal shortest(T x) {
  char text[32];
  const auto end = std::to_chars(text, text + sizeof text, std::abs(x), std::chars_format::scientific).ptr;
  return parse({text, end});
}

/// x rounded to so many digits after the first.
template <class T> Decimal rounded(T x, int places) {
  char text[64];
  const auto end = std::to_chars(text, text + sizeof text, std::abs(x), std::chars_format::scientific, places).ptr;
  return parse({text, end});
}

void drop_trailing_zeros(std::string& digits) { digits.erase(digits.find_last_not_of('0') + 1); }

/// A number cut at its point, so that columns of them can be aligned there.
struct Cut {
  std::string whole;     // with the sign
  std::string fraction;  // without the point
  std::string exponent;  // digits without sign, at least two; empty in positional notation
  bool negative_exponent = false;
};

std::string sign_of(double x) { return std::signbit(x) ? "-" : ""; }

/// With the fewest digits, all of them before the point and at most `most` after it.
template <class T> Cut positional(T x, int most) {
  Decimal d = shortest(x);
  if (d.places() < d.exponent || d.places() - d.exponent > most) {  // digits of the exact value, not of the shortest
    char text[512];
    const auto end = std::to_chars(text, text + sizeof text, std::abs(x), std::chars_format::fixed, most).ptr;
    const std::string_view all(text, end);
    std::string fraction(all.substr(all.find('.') + 1));
    drop_trailing_zeros(fraction);
    return {sign_of(x) + std::string(all.substr(0, all.find('.'))), fraction, {}, false};
  }
  if (d.exponent < 0) d.digits.insert(0, static_cast<std::size_t>(-d.exponent), '0');
  const auto whole = static_cast<std::size_t>(std::max(d.exponent, 0)) + 1;
  std::string fraction = d.digits.substr(whole);
  drop_trailing_zeros(fraction);
  return {sign_of(x) + d.digits.substr(0, whole), fraction, {}, false};
}

/// With the fewest digits, but at least `least` and at most `most` of them after the point.
template <class T> Cut scientific(T x, int least, int most) {
  Decimal d = shortest(x);
  if (d.places() < least) {
    d = rounded(x, least);
  } else if (d.places() > most) {
    d = rounded(x, most);
    if (least < most) drop_trailing_zeros(d.digits);
  }
  std::string exponent = std::to_string(std::abs(d.exponent));
  if (exponent.size() < 2) exponent.insert(0, 1, '0');
  return {sign_of(x) + d.digits.substr(0, 1), d.digits.substr(1), exponent, d.exponent < 0};
}

std::string padded_left(const std::string& s, std::size_t width) {
  return s.size() < width ? std::string(width - s.size(), ' ') + s : s;
}

std::string not_finite(double x) { return std::isnan(x) ? "nan" : x < 0 ? "-inf" : "inf"; }

/// Scientific where a column of fixed places would be too wide or hide digits.
template <class T> bool wants_exponents(const std::vector<T>& values) {
  T largest = 0, smallest = 0;
  for (const T x : values) {
    const T magnitude = std::abs(x);
    if (!std::isfinite(x) || magnitude == 0) continue;
    largest = std::max(largest, magnitude);
    smallest = smallest == 0 ? magnitude : std::min(smallest, magnitude);
  }
  return largest != 0 && (largest >= 1e8 || smallest < 0.0001 || largest / smallest > 1000);
}

template <class T> std::vector<std::string> words_of(const std::vector<T>& values) {
  const bool exponents = wants_exponents(values);
  std::vector<Cut> cuts;
  std::size_t left = 0, right = 0, exponent = 0;
  for (const T x : values) {
    if (!std::isfinite(x)) continue;
    cuts.push_back(exponents ? scientific(x, 0, precision) : positional(x, precision));
    left = std::max(left, cuts.back().whole.size());
    right = std::max(right, cuts.back().fraction.size());
    exponent = std::max(exponent, cuts.back().exponent.size());
  }
  const std::size_t tail = right + 1 + (exponents ? exponent + 2 : 0);  // all that follows `whole`, the point included
  for (const T x : values)
    if (const std::size_t size = not_finite(x).size(); !std::isfinite(x) && size > left + tail) left = size - tail;

  std::vector<std::string> words;
  auto cut = cuts.begin();
  for (const T x : values) {
    if (!std::isfinite(x)) {
      words.push_back(padded_left(not_finite(x), left + tail));
      continue;
    }
    // Scientific columns are filled with further digits of the exact value, positional ones with spaces.
    if (exponents) *cut = scientific(x, static_cast<int>(right), static_cast<int>(right));
    std::string word = padded_left(cut->whole, left) + '.' + cut->fraction;
    if (exponents)
      word +=
          (cut->negative_exponent ? "e-" : "e+") + std::string(exponent - cut->exponent.size(), '0') + cut->exponent;
    else word.append(right - cut->fraction.size(), ' ');
    words.push_back(std::move(word));
    ++cut;
  }
  return words;
}

template <std::integral T> std::vector<std::string> words_of(const std::vector<T>& values) {
  std::vector<std::string> words;
  std::size_t width = 0;
  for (const T x : values) {
    words.push_back(std::to_string(x));
    width = std::max(width, words.back().size());
  }
  for (std::string& word : words) word = padded_left(word, width);
  return words;
}

/// Puts the words between brackets, and breaks lines that would pass the last column.
class Page {
 public:
  Page(const Tensor& x, const std::vector<std::string>& words) : x_(x), word_(words.begin()) {}

  std::string block(int axis, std::size_t indent) {
    const std::int64_t size = x_.shape()[axis];
    if (axis + 1 == x_.rank()) return row(size, indent);
    const std::string between(static_cast<std::size_t>(x_.rank() - 1 - axis), '\n');
    std::string text = "[";
    const auto separate = [&] {
      if (text.size() > 1) text += between + std::string(indent, ' ');
    };
    walk_axis(
        size, summarised(x_), [&](std::int64_t) { separate(), text += block(axis + 1, indent + 1); },
        [&] { separate(), text += "..."; });
    return text + ']';
  }

 private:
  std::string row(std::int64_t size, std::size_t indent) {
    // The words share the line with the brackets that may close behind the last one: one for each axis.
    const std::size_t width = line_width - static_cast<std::size_t>(x_.rank());
    std::string done, line(indent, ' ');
    const auto add = [&](const std::string& word) {
      if (line.size() > indent) line += ' ';
      if (line.size() + word.size() > width && line.size() > indent) {
        line.erase(line.find_last_not_of(' ') + 1);
        done += line + '\n';
        line.assign(indent, ' ');
      }
      line += word;
    };
    walk_axis(
        size, summarised(x_), [&](std::int64_t) { add(*word_++); }, [&] { add("..."); });
    return '[' + (done + line).substr(indent) + ']';
  }

  const Tensor& x_;
  std::vector<std::string>::const_iterator word_;
};

/// A rank-0 tensor prints as its number does, with all its digits.
template <class T> std::string number(T x) {
  if constexpr (std::is_integral_v<T>) return std::to_string(x);
  else {
    if (!std::isfinite(x)) return not_finite(x);
    const T magnitude = std::abs(x);
    if (magnitude == 0 || (magnitude < 1e16 && magnitude >= 1e-4)) {
      const Decimal d = shortest(x);
      if (const int zeros = d.exponent - d.places(); zeros >= 0)
        return sign_of(x) + d.digits + std::string(static_cast<std::size_t>(zeros), '0') + ".0";
      const Cut cut = positional(x, all_places);
      return cut.whole + '.' + cut.fraction;
    }
    const Cut cut = scientific(x, 0, all_places);
    return cut.whole + (cut.fraction.empty() ? "" : "." + cut.fraction) + (cut.negative_exponent ? "e-" : "e+") +
           cut.exponent;
  }
}

}  // namespace

std::string to_string(const Tensor& x) {
  if (!x.defined()) return "undefined";
  return visit_dtype(x.dtype(), [&](auto zero) -> std::string {
    using T = decltype(zero);
    if (x.rank() == 0) return number(*x.data<T>());
    if (x.size() == 0) return "[]";
    std::vector<T> values;
    collect(x, 0, 0, values);
    return Page(x, words_of(values)).block(0, 1);
  });
}

std::ostream& operator<<(std::ostream& out, const Tensor& x) { return out << to_string(x); }

}  // namespace cinta
