#include <cinta/framework/optim/hyper.hpp>

#include <cinta/framework/optim/schedules.hpp>

#include <fmt/format.h>

#include <charconv>
#include <vector>

namespace cinta {
namespace {

constexpr std::string_view spaces = " \t\r\n";

// number | name "(" [argument {"," argument}] ")"
class Reader {
 public:
  Reader(std::string_view text, Where where) : text_(text), where_(where) {}

  Hyper read_all() {
    Hyper hyper = read(0);
    skip_spaces();
    if (at_ != text_.size()) fail("an end");
    return hyper;
  }

 private:
  Hyper read(int depth) {
    if (depth > 16)
      throw ValueError(where_, fmt::format("the hyperparameter \"{}\" nests schedules deeper than 16", text_));
    skip_spaces();
    const std::size_t begin = at_;
    while (at_ < text_.size() && ((text_[at_] >= 'a' && text_[at_] <= 'z') || (at_ > begin && text_[at_] == '_')))
      ++at_;
    const std::string_view name = text_.substr(begin, at_ - begin);
    if (name.empty() || name == "inf" || name == "nan") return at_ = begin, read_number();
    expect('(');
    std::vector<Hyper> arguments;
    skip_spaces();
    if (at_ < text_.size() && text_[at_] == ')') return ++at_, make_schedule(name, std::move(arguments), where_);
    for (;;) {
      arguments.push_back(read(depth + 1));
      skip_spaces();
      if (at_ < text_.size() && text_[at_] == ',') {
        ++at_;
        continue;
      }
      expect(')');
      return make_schedule(name, std::move(arguments), where_);
    }
  }

  Hyper read_number() {
    double number = 0;
    const auto [end, error] = std::from_chars(text_.data() + at_, text_.data() + text_.size(), number);
    if (error != std::errc()) fail("a number or the name of a schedule");
    at_ = static_cast<std::size_t>(end - text_.data());
    return number;
  }

  void expect(char c) {
    skip_spaces();
    if (at_ == text_.size() || text_[at_] != c) fail(fmt::format("\"{}\"", c));
    ++at_;
  }
  void skip_spaces() {
    while (at_ < text_.size() && spaces.find(text_[at_]) != spaces.npos) ++at_;
  }
  [[noreturn]] void fail(std::string_view wanted) const {
    const std::string_view rest = text_.substr(at_);
    throw ValueError(where_, fmt::format("the hyperparameter \"{}\" has {} where {} should be", text_,
                                         rest.empty() ? "nothing" : fmt::format("\"{}\"", rest), wanted));
  }

  std::string_view text_;
  Where where_;
  std::size_t at_ = 0;
};

}  // namespace

std::string Hyper::text() const {
  if (schedule_ == nullptr) return fmt::format("{}", number_);
  std::string text = schedule_->text();
  return text.empty() ? "(a function of the step)" : text;
}

Hyper Hyper::from_text(std::string_view text, Where where) { return Reader(text, where).read_all(); }

}  // namespace cinta
