// The visitor over modules: every Parameter and Buffer inside a plain struct, with its dotted name, in order of
// declaration. Naming, counting, saving, freezing, initialising and optimizing are all written with it.
#pragma once

#include <cinta/framework/core/fields.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace cinta {

/// True for the types that a visitor is called with. The header that defines such a type specialises it.
template <class T> inline constexpr bool is_leaf_v = false;

/// True for class types that hold no leaf and are passed over. Specialise it for a type of your own that is no
/// plain struct and holds nothing that is trained or saved.
template <class T> inline constexpr bool is_opaque_v = false;

/// Where a visitor stands: a path of parts, each a text or an index, linked on the stack and valid during the
/// call alone. Nothing is allocated until `str` is called.
class Name {
 public:
  Name() = default;  ///< the module itself, an empty path
  /// A field of what has the name `parent`.
  Name(const Name& parent, std::string_view text) : parent_(&parent), text_(text) {}
  /// An element of what has the name `parent`.
  Name(const Name& parent, std::int64_t index) : parent_(&parent), index_(index), is_index_(true) {}
  Name(const Name&) = delete;
  Name& operator=(const Name&) = delete;

  const Name* parent() const { return parent_; }   ///< null for the module itself
  bool is_index() const { return is_index_; }      ///< whether the last part is an element's number
  std::int64_t index() const { return index_; }    ///< that number
  std::string_view text() const { return text_; }  ///< else the name of a field, or a key

  /// "blocks.0.bias"
  std::string str() const {
    std::string path;
    append_to(path);
    return path;
  }

  /// Appends what `str` returns, so that a string that kept its capacity takes it without allocating.
  void append_to(std::string& path) const {
    if (parent_ == nullptr) return;
    parent_->append_to(path);
    if (parent_->parent_ != nullptr) path += '.';
    if (is_index_) path += std::to_string(index_);
    else path += text_;
  }

 private:
  const Name* parent_ = nullptr;
  std::string_view text_;
  std::int64_t index_ = 0;
  bool is_index_ = false;
};

namespace detail {

template <class T> consteval const char* spell_type() { return __PRETTY_FUNCTION__; }

/// The spelling of T, with some text of the compiler's own after it.
template <class T> consteval std::string_view type_text() {
  std::string_view text = spell_type<T>();
  return text.substr(text.find("T = ") + 4);
}

template <class T> consteval bool is_closure() {
  std::string_view text = type_text<T>();
  return text.find("<lambda(") != text.npos || text.find("(lambda at ") != text.npos;
}

template <class T> inline constexpr bool is_tuple = requires { std::tuple_size<T>::value; };

/// Whether T is a class of the standard library itself. A class that derives from one, or looks like one, is not:
/// it may have fields besides the elements.
template <class T> consteval bool is_standard() {
  if constexpr (std::is_aggregate_v<T> && !is_tuple<T>) return false;
  else return type_text<T>().substr(0, 5) == "std::";
}

template <class T> consteval bool may_hold_leaf();

/// What is asked of the template arguments of a standard class.
template <class T> struct Arguments {
  static consteval bool hold_leaf() { return type_text<T>().substr(0, 8) == "std::any"; }
  static consteval bool have_reference() { return false; }
};
template <template <class...> class C, class... A> struct Arguments<C<A...>> {
  static consteval bool hold_leaf() { return (may_hold_leaf<std::remove_cv_t<A>>() || ...); }
  static consteval bool have_reference() { return (std::is_reference_v<A> || ...); }
};
template <template <class, std::size_t> class C, class A, std::size_t N> struct Arguments<C<A, N>> {
  static consteval bool hold_leaf() { return may_hold_leaf<std::remove_cv_t<A>>(); }
  static consteval bool have_reference() { return false; }
};

/// False only for what certainly holds no leaf: numbers, enumerations, functions, empty and opaque classes, and
/// the standard library's classes of such (std::string, std::vector<int>, std::function<…>, std::mutex).
/// It does not look into fields, for T may be incomplete or hold itself.
template <class T> consteval bool may_hold_leaf() {
  if constexpr (is_leaf_v<T>) return true;
  else if constexpr (is_opaque_v<T>) return false;
  else if constexpr (std::is_pointer_v<T>) return may_hold_leaf<std::remove_cv_t<std::remove_pointer_t<T>>>();
  else if constexpr (std::is_array_v<T>) return may_hold_leaf<std::remove_cv_t<std::remove_all_extents_t<T>>>();
  else if constexpr (std::is_reference_v<T>) return true;
  else if constexpr (!std::is_class_v<T> && !std::is_union_v<T>) return false;
  else if constexpr (!requires { sizeof(T); }) return true;
  else if constexpr (std::is_empty_v<T>) return false;
  else if constexpr (is_standard<T>()) return Arguments<T>::hold_leaf();
  else return true;
}

/// What stands in for a visitor when only the presence of a `visit` is asked for.
struct AnyVisitor {
  template <class Key, class T> void operator()(const Key& key, T& field) const;
};

template <class T>
concept HasStaticVisit = requires(T& t, AnyVisitor& f) {
  T::visit(t, f);
};
template <class T>
concept HasMemberVisit = requires(T& t, AnyVisitor& f) {
  t.visit(f);
};
template <class T>
concept HasVisit = HasStaticVisit<T> || HasMemberVisit<T>;

// clang-format off
// The shapes of the standard library's containers, told by what they offer, so that their headers stay out.
template <class T>
concept IsOptional = requires(T& t) { t ? *t : *t; } && (requires(T& t) { t.has_value(); } ||
                                                         requires(T& t) { t.get_deleter(); });
template <class T>
concept IsVariant = requires(T& t) { t.valueless_by_exception(); };
template <class T>
concept IsMap = requires(T& t, const typename T::key_type& k) { t.lower_bound(k); t.at(k); } &&
                (std::is_convertible_v<const typename T::key_type&, std::string_view> ||
                 std::is_integral_v<typename T::key_type>);
template <class T>
concept IsSequence = requires(T& t) { typename T::allocator_type; t.begin(); t.end(); t.front(); };

enum class Kind {
  leaf, passed_over, visited, aggregate, tuple, optional, variant, map, sequence,
  pointer, array, union_type, closure, closed, shared, nameless
};
// clang-format on

/// How a field of type T (without const) is dealt with; the kinds from `pointer` on are refused.
template <class T> consteval Kind kind_of() {
  if constexpr (is_leaf_v<T>) return Kind::leaf;
  else if constexpr (is_opaque_v<T> || (!may_hold_leaf<T>() && !HasVisit<T>)) return Kind::passed_over;
  else if constexpr (std::is_pointer_v<T>) return Kind::pointer;
  else if constexpr (std::is_array_v<T>) return Kind::array;
  else if constexpr (std::is_union_v<T>) return Kind::union_type;
  else if constexpr (is_standard<T>()) {
    if constexpr (Arguments<T>::have_reference()) return Kind::pointer;
    else if constexpr (is_tuple<T>) return Kind::tuple;
    else if constexpr (IsOptional<T>) return Kind::optional;
    else if constexpr (IsVariant<T>) return Kind::variant;
    else if constexpr (IsMap<T>) return Kind::map;
    else if constexpr (IsSequence<T>) return Kind::sequence;
    else if constexpr (requires(T & t) { t.use_count(); }) return Kind::shared;
    else return Kind::nameless;
  } else if constexpr (HasVisit<T>) return Kind::visited;
  else if constexpr (std::is_aggregate_v<T>) return Kind::aggregate;
  else if constexpr (is_closure<T>()) return Kind::closure;
  else return Kind::closed;
}

/// One sentence for each kind of field that is refused.
template <class T, Kind kind> void refuse() {
  static_assert(
      kind != Kind::pointer,
      "a module holds a pointer or a reference to what may be a module, whose parameters would be skipped; hold it by "
      "value or in a std::unique_ptr, or specialise cinta::is_opaque_v for it");
  static_assert(kind != Kind::array, "a module holds a C array of what may be modules; use std::array or std::vector");
  static_assert(kind != Kind::union_type, "a module holds a union, whose live member nobody knows; use std::variant");
  static_assert(kind != Kind::closure,
                "a module holds a lambda that captures, and what it captured would be skipped; hold that in fields "
                "of a struct with operator()");
  static_assert(kind != Kind::closed,
                "the parameters of this type cannot be found: it has a constructor or a private or virtual member; "
                "give it a static function `visit(self, f)` that calls f(\"name\", self.name) for each field, or "
                "specialise cinta::is_opaque_v for it if it holds none");
  static_assert(kind != Kind::shared,
                "a module holds a std::shared_ptr to what may be a module; a layer is shared by using one field "
                "twice in operator(); hold it by value or in a std::unique_ptr");
  static_assert(kind != Kind::nameless,
                "a module holds a standard class of what may be modules, in which they have no lasting place or "
                "name; use std::vector, array, tuple, optional, unique_ptr, variant or a map with string keys");
}

template <class T, class F> void walk(const Name& name, T& value, F& visitor);

/// What a `visit` of the user's is handed: goes into each field that it is called with.
template <class F> struct Enter {
  const Name& name;
  F& visitor;

  template <class Key, class T> void operator()(const Key& key, T& field) const {
    if constexpr (std::is_integral_v<Key>) walk(Name(name, static_cast<std::int64_t>(key)), field, visitor);
    else walk(Name(name, std::string_view(key)), field, visitor);
  }
};

/// A const owner hands out const values, a std::unique_ptr's too.
template <class Owner, class T> constexpr auto& const_as(T& value) {
  if constexpr (std::is_const_v<Owner>) return std::as_const(value);
  else return value;
}

template <class T, class F> void walk_tuple(const Name& name, T& value, F& visitor) {
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    (walk(Name(name, static_cast<std::int64_t>(I)), get<I>(value), visitor), ...);
  }
  (std::make_index_sequence<std::tuple_size<std::remove_const_t<T>>::value>{});
}

template <template <class...> class V, class... A> std::index_sequence_for<A...> alternatives(const V<A...>&);

template <class T, class F> void walk_variant(const Name& name, T& value, F& visitor) {
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    ((value.index() == I ? walk(name, *get_if<I>(&value), visitor) : void()), ...);
  }
  (decltype(alternatives(value)){});
}

template <class T, class F> void walk_custom(const Name& name, T& value, F& visitor) {
  Enter<F> enter{name, visitor};
  static_assert(HasVisit<T>,
                "the `visit` of this type does not take it const; write `template <class Self> static void "
                "visit(Self& self, auto&& f)`, which serves both");
  if constexpr (HasStaticVisit<T>) T::visit(value, enter);
  else if constexpr (HasMemberVisit<T>) value.visit(enter);
}

template <class T, class F> void walk(const Name& name, T& value, F& visitor) {
  constexpr Kind kind = kind_of<std::remove_cv_t<T>>();
  if constexpr (kind >= Kind::pointer) {
    refuse<std::remove_cv_t<T>, kind>();
  } else if constexpr (kind == Kind::leaf) {
    visitor(name, value);
  } else if constexpr (kind == Kind::visited) {
    walk_custom(name, value, visitor);
  } else if constexpr (kind == Kind::aggregate) {
    for_each_field(value, [&](std::string_view field, auto& f) { walk(Name(name, field), f, visitor); });
  } else if constexpr (kind == Kind::tuple) {
    walk_tuple(name, value, visitor);
  } else if constexpr (kind == Kind::optional) {
    if (value) walk(name, const_as<T>(*value), visitor);
  } else if constexpr (kind == Kind::variant) {
    walk_variant(name, value, visitor);
  } else if constexpr (kind == Kind::map) {
    for (auto& [key, element] : value) Enter<F>{name, visitor}(key, element);
  } else if constexpr (kind == Kind::sequence) {
    std::int64_t index = 0;
    for (auto& element : value) walk(Name(name, index++), element, visitor);
  }
}

}  // namespace detail

/// What `visit` can be asked about: a class that may hold leaves or, like an activation or a lambda without
/// captures, has no fields. Not numbers, pointers, unions, leaves themselves, opaque types and the standard
/// library's classes without leaves (std::string, std::vector<float>). It looks at T alone: a T that `visit`
/// refuses, or with such a field, satisfies it, so that the sentence is what is read.
template <class T>
concept Module = std::is_class_v<std::remove_cvref_t<T>> && !is_leaf_v<std::remove_cvref_t<T>> &&
                 !is_opaque_v<std::remove_cvref_t<T>> &&
                 (detail::may_hold_leaf<std::remove_cvref_t<T>>() || !detail::is_standard<std::remove_cvref_t<T>>());

/// Calls `visitor(const Name& name, leaf&)` for each leaf inside `module`, in order of declaration; leaves of a
/// const module are const. Nothing is allocated. For a leaf itself the name is empty.
///
/// - A plain struct: its fields, by name. The fields of a base are not seen, so a base with fields is refused.
/// - A type with `visit`: what it says. `template <class Self> static void visit(Self& self, auto&& f)` (or a
///   member function `visit(f)`) calls f("weight", self.weight), or f(i, element), with leaves, modules or
///   containers. A derived type inherits it, and then has to write its own to add fields.
/// - std::vector, deque, list, array, tuple and pair: elements by index. std::map: by key, a string or an
///   integer. std::optional, unique_ptr and variant: what they hold, under their own name, if anything.
/// - Numbers, enumerations, functions, std::function, std::string, pointers to such, empty classes, and types for
///   which `is_opaque_v` is true hold no leaf and are passed over.
/// - All else is a compile-time error with a sentence: other pointers, std::shared_ptr, references, C arrays,
///   unions, lambdas that capture, unordered containers, views, and classes with constructors or private fields.
template <class T, class F> void visit(T& module, F&& visitor) { detail::walk(Name(), module, visitor); }

}  // namespace cinta
