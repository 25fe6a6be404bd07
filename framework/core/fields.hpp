// The fields of any aggregate (a struct without constructors, private fields or bases with fields), with their
// names, in the order of declaration: for batches, options and modules. Nothing is registered; what cannot be
// read is refused at compile time with a sentence, never skipped. Light: no heavy standard header.
#pragma once

#include <cinta/framework/core/split.hpp>

#include <string_view>
#include <type_traits>
#include <utility>

namespace cinta {

/// The largest number of fields that an aggregate may have.
inline constexpr int max_fields = 64;

namespace detail {

// Probes are only ever named in unevaluated operands; their conversions have bodies because Clang instantiates
// constexpr constructors that take them (std::optional's). None can be copied, so that a field which takes any
// copyable value (std::any) does not take them.

// clang-format off
/// Converts to anything: `T{AnyField, AnyField}` is valid when T has two elements (or more, that have defaults).
/// A nested aggregate counts as one, for braces are elided only where no conversion exists. The conversion is
/// const so that a constructor from `U&&` (std::optional's) is the better match and not an ambiguity.
struct AnyField {
  AnyField() = default;
  AnyField(const AnyField&) = delete;
  template <class U>
  operator U() const noexcept { __builtin_unreachable(); }
};

/// Converts to strict bases of T, and with `empty` only to those without fields.
template <class T, bool empty>
struct BaseOf {
  BaseOf() = default;
  BaseOf(const BaseOf&) = delete;
  template <class U>
    requires(std::is_base_of_v<U, T> && !std::is_same_v<U, T> && (!empty || std::is_empty_v<U>))
  operator U() const noexcept { __builtin_unreachable(); }
};

/// Converts to nothing: taken only by a field whose constructor takes everything.
struct NoField {
  NoField() = default;
  NoField(const NoField&) = delete;
};

/// Converts to lvalues alone.
struct Reference {
  template <class U>
  operator U&() const noexcept { __builtin_unreachable(); }
};

template <class Probe, int>
using Repeat = Probe;
template <int N>
using Count = std::make_integer_sequence<int, N>;

/// T{AnyField × N, Last…}
template <class T, int N, class... Last>
inline constexpr bool takes = []<int... I>(std::integer_sequence<int, I...>) {
  return requires { T{Repeat<AnyField, I>{}..., Last{}...}; };
}(Count<N>{});

/// T{First × K, Next…, AnyField × N}
template <class T, class First, int K, int N, class... Next>
inline constexpr bool takes_after = []<int... I, int... J>(std::integer_sequence<int, I...>,
                                                           std::integer_sequence<int, J...>) {
  return requires { T{Repeat<First, I>{}..., Next{}..., Repeat<AnyField, J>{}...}; };
}(Count<K>{}, Count<N>{});

/// T{AnyField × I, {AnyField × L}, AnyField × N}
template <class T, int I, int L, int N>
inline constexpr bool takes_braces = []<int... A, int... B, int... C>(std::integer_sequence<int, A...>,
                                                                      std::integer_sequence<int, B...>,
                                                                      std::integer_sequence<int, C...>) {
  return requires { T{Repeat<AnyField, A>{}..., {Repeat<AnyField, B>{}...}, Repeat<AnyField, C>{}...}; };
}(Count<I>{}, Count<L>{}, Count<N>{});

/// T(AnyField × N): no braces are elided between parentheses, so no array hides in a T that takes them.
template <class T, int N>
inline constexpr bool takes_in_parentheses = []<int... I>(std::integer_sequence<int, I...>) {
  return requires { T(Repeat<AnyField, I>{}...); };
}(Count<N>{});

// clang-format on
/// The largest N for which `takes` holds; Low is one, High is not.
template <class T, int Low, int High> consteval int last_taken() {
  constexpr int middle = (Low + High) / 2;
  if constexpr (Low + 1 == High) return Low;
  else if constexpr (takes<T, middle>) return last_taken<T, middle, High>();
  else return last_taken<T, Low, middle>();
}

/// The same from First on, which is taken, in growing steps; at most one more than the limit.
template <class T, int First, int Step = 1> consteval int last_taken_from() {
  if constexpr (First > max_fields) return First;
  else {
    constexpr int next = First + Step > max_fields ? max_fields + 1 : First + Step;
    if constexpr (takes<T, next>) return last_taken_from<T, next, 2 * Step>();
    else return last_taken<T, First, next>();
  }
}

/// The number of elements of T, bases and elements of arrays counted one by one; -1 when none fits, and one more
/// than the limit when there are too many. `takes` holds from the last element without a default up to the
/// number of elements, and for nothing else.
template <class T, int N = 0> consteval int count_elements() {
  if constexpr (N > max_fields + 1) return -1;
  else if constexpr (takes<T, N>) return last_taken_from<T, N>();
  else return count_elements<T, N + 1>();
}

/// The number of direct bases (which stand before the fields) among the N elements of T.
template <class T, bool empty, int N, int K = 0> consteval int count_bases() {
  if constexpr (K == N) return K;
  else if constexpr (takes_after<T, BaseOf<T, empty>, K + 1, N - K - 1> &&
                     !takes_after<T, BaseOf<T, empty>, K, N - K - 1, NoField>)
    return count_bases<T, empty, N, K + 1>();
  else return K;
}

/// Whether the element I of N begins an array of L elements or more: it then takes {L values}, but after them
/// not as many others as an element that is a single field leaves room for.
template <class T, int N, int I, int L = 2> consteval bool is_array_at() {
  if constexpr (I + L > N) return false;
  else if constexpr (takes_braces<T, I, L, N - I - L> && !takes_braces<T, I, L, N - I - 1>) return true;
  else return is_array_at<T, N, I, L + 1>();
}

/// Whether an array of two elements or more stands among the N elements of T (one of a single element shows in
/// its type). Most fields are told apart at once, for {} or {value} leaves room for all the others; the others
/// cost GCC 1.6 s for 64 fields, which is why it asks its parentheses first (Clang has none before 16).
template <class T, int N, int I = 0> consteval bool has_array() {
  if constexpr (I + 1 >= N) return false;
#ifdef __cpp_aggregate_paren_init
  else if constexpr (I == 0 && takes_in_parentheses<T, N>) return false;
#endif
  else if constexpr (takes_braces<T, I, 0, N - I - 1>) return has_array<T, N, I + 1>();
  else if constexpr (takes_braces<T, I, 1, N - I - 1>) return has_array<T, N, I + 1>();
  else if constexpr (takes_braces<T, I, 2, N - I - 1>) return has_array<T, N, I + 1>();
  else if constexpr (is_array_at<T, N, I>()) return true;
  else return has_array<T, N, I + 1>();
}

enum class Layout { readable, no_aggregate, base, array, reference, too_many, unreadable };

/// What was found of a type: how it can be read and, if it can, how many fields it has.
struct Fields {
  Layout layout;
  int count = 0;
};

template <class... F> consteval Fields judge(FieldTypes<F...>) {
  if ((std::is_reference_v<F> || ...)) return {Layout::reference};
  if ((std::is_array_v<F> || ...)) return {Layout::array};
  return {Layout::readable, sizeof...(F)};
}

/// Everything is settled here before any decomposition, which would be an error that no sentence explains.
template <class T> consteval Fields read_fields() {
  if constexpr (!std::is_aggregate_v<T> || std::is_array_v<T> || std::is_union_v<T>) {
    return {Layout::no_aggregate};
  } else {
    constexpr int elements = count_elements<T>();
    if constexpr (elements > max_fields) return {Layout::too_many};
    else if constexpr (elements < 0) return {Layout::unreadable};
    else if constexpr (takes<T, elements, Reference>) return {Layout::reference};
    else if constexpr (takes_braces<T, elements, 0, 0>) return {Layout::unreadable};
    else {
      constexpr int bases = count_bases<T, false, elements>();
      if constexpr (bases != count_bases<T, true, elements>()) return {Layout::base};
      else if constexpr (has_array<T, elements>()) return {Layout::array};
      else if constexpr (elements == bases && !std::is_empty_v<T>) return {Layout::unreadable};
      else return judge(decltype(Split<elements - bases>::types(std::declval<T&>())){});
    }
  }
}

template <class T> inline constexpr Fields fields_of = read_fields<T>();

/// One sentence for each thing that cannot be read. True when T can be.
template <class T> consteval bool require_fields() {
  constexpr Layout layout = fields_of<T>.layout;
  static_assert(layout != Layout::no_aggregate,
                "the fields of this type cannot be read: it has a constructor, a private or virtual member, or is "
                "no struct; make it a plain struct, or give it a static function `visit(self, f)`");
  static_assert(layout != Layout::base,
                "the fields of this type cannot be read: it has a base class with fields; make the base a field, or "
                "give the type a static function `visit(self, f)`");
  static_assert(layout != Layout::array,
                "the fields of this type cannot be read: one of them is a C array; use std::array or std::vector");
  static_assert(layout != Layout::reference,
                "the fields of this type cannot be read: one of them is a reference; hold a value");
  static_assert(layout != Layout::too_many,
                "the fields of this type cannot be read: it has more than 64 (each element of a C array counts); "
                "group them into structs of their own");
  static_assert(layout != Layout::unreadable,
                "the fields of this type cannot be counted: one of them is a reference, or has a constructor that "
                "takes everything, or there are more than 64; give the type a static function `visit(self, f)`");
  return layout == Layout::readable;
}

/// A T that is only named, never made: its fields have addresses, which is all that a name needs.
template <class T> struct Unmade { T value; };
#pragma GCC diagnostic push
#ifdef __clang__
#pragma GCC diagnostic ignored "-Wundefined-var-template"
#pragma GCC diagnostic ignored "-Wundefined-internal"
#endif
template <class T> extern const Unmade<T> unmade;

template <class T> struct Address { const T* address; };

/// Text that ends in `.name}]` (Clang) or `::name)}]` (GCC).
template <auto P> consteval const char* spell() { return __PRETTY_FUNCTION__; }
consteval std::string_view last_part(std::string_view text) {
  text = text.substr(0, text.find_last_not_of(")}]") + 1);
  return text.substr(text.find_last_of(".:") + 1);
}

/// The addresses of all fields of an unmade T, each found by its number without recursion.
template <int I, class T> struct Numbered { Address<T> field; };
template <class, class...> struct Addresses;
template <int... I, class... F> struct Addresses<std::integer_sequence<int, I...>, F...> : Numbered<I, F>... {};

template <class... F> constexpr auto addresses(const F&... fields) {
  return Addresses<Count<sizeof...(F)>, F...>{{Address<F>{&fields}}...};
}
template <int I, class T> constexpr Address<T> address_at(const Numbered<I, T>& numbered) { return numbered.field; }

template <int N> struct Names { std::string_view text[N == 0 ? 1 : N]; };

template <class T, int... I> consteval Names<sizeof...(I)> read_names(std::integer_sequence<int, I...>) {
  constexpr auto all =
      Split<sizeof...(I)>::into(unmade<T>.value, [](const auto&... fields) { return addresses(fields...); });
  (void)all;  // GCC: unused, in a struct without fields
  return {{last_part(spell<address_at<I>(all)>())...}};
}
#pragma GCC diagnostic pop

template <class T> inline constexpr auto names_of = read_names<T>(Count<fields_of<T>.count>{});

}  // namespace detail

/// Whether the fields of T can be read: an aggregate of at most `max_fields` fields without a base that has
/// fields, a reference, a C array or a bit-field.
template <class T>
concept Aggregate = (detail::fields_of<std::remove_cv_t<T>>.layout == detail::Layout::readable);

/// The number of fields of an aggregate. A type that cannot be read is a compile-time error, with the reason.
template <class T> consteval int field_count() {
  if constexpr (detail::require_fields<std::remove_cv_t<T>>()) return detail::fields_of<std::remove_cv_t<T>>.count;
  else return 0;
}

/// The name of field I of an aggregate, as it was declared.
template <class T, int I> consteval std::string_view field_name() {
  static_assert(0 <= I && I < field_count<T>(), "there is no field of that number");
  return detail::names_of<std::remove_cv_t<T>>.text[I];
}

/// Calls `f(std::string_view name, field&)` for each field of `aggregate`, in order of declaration. The fields
/// of a const aggregate are const. A type that cannot be read is a compile-time error, with the reason.
template <class T, class F> constexpr void for_each_field(T& aggregate, F&& f) {
  using Type = std::remove_cv_t<T>;
  if constexpr (detail::require_fields<Type>()) {
    constexpr int count = detail::fields_of<Type>.count;
    [&]<int... I>(std::integer_sequence<int, I...>) {
      detail::Split<count>::into(aggregate, [&](auto&... fields) { (f(detail::names_of<Type>.text[I], fields), ...); });
    }
    (detail::Count<count>{});
  }
}

}  // namespace cinta
