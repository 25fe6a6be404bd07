// What one cell of a table may mean: missing, a number, yes or no. Used by the table and its encoder.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cinta {

/// The text without spaces and tabs around it; they never count.
std::string_view trimmed(std::string_view text);

/// A number as std::from_chars reads it, whole ("12", "-0.5", "1e-3", and with a plus sign), in any locale.
/// Nothing for text; an infinity for "inf", and for a number that a double cannot hold; NaN for "nan".
std::optional<double> to_number(std::string_view trimmed);

/// The pairs of words that make a column boolean. "no" belongs to two of them.
enum BooleanPair : unsigned {
  zero_one = 1,          // 0, 1
  no_yes = 2,            // no, yes
  no_si = 4,             // no, sí or si
  false_true = 8,        // false, true
  falso_verdadero = 16,  // falso, verdadero
  any_pair = 31,
};

/// A word of one or more pairs, letters of either case (í and Í included), and whether it is the true one.
struct BooleanWord {
  unsigned pairs = 0;  // of BooleanPair; 0: no such word
  bool value = false;
};
BooleanWord to_boolean(std::string_view trimmed);

/// The words of a pair as they are usually written, the false one first; of several pairs, the first.
std::vector<std::string> words_of(unsigned pairs);

}  // namespace cinta
